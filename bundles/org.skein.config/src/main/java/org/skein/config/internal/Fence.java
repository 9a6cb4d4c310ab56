package org.skein.config.internal;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;

/**
 * Waits until all that was written to Configuration Admin before has reached those it concerns. Configuration Admin
 * hands out changes on two threads of its own, each in order: a change of ours that came through on both tells that
 * everything before it did too. So a command returns when its effect is complete.
 */
final class Fence implements ManagedService, ConfigurationListener, ConfigCommands.Effect {
    static final String PID = "org.skein.config.fence";
    private static final String NUMBER = "number";
    private static final long WAIT_MS = 10_000;

    private final ConfigurationAdmin admin;
    private long last;
    private long updated;
    private long told;

    Fence(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /** Returns when what was written is in effect, or after a while when somebody keeps those threads. */
    @Override
    public void pass() throws IOException {
        long mine;
        Configuration configuration = admin.getConfiguration(PID, "?");
        synchronized (this) {
            mine = ++last;
            configuration.update(new Hashtable<>(Map.of(NUMBER, mine)));
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MS);
        synchronized (this) {
            try {
                for (long left = WAIT_MS; left > 0 && (updated < mine || told < mine); ) {
                    wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public synchronized void updated(Dictionary<String, ?> properties) {
        if (properties != null && properties.get(NUMBER) instanceof Long number) {
            updated = number;
            notifyAll();
        }
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (!PID.equals(event.getPid()) || event.getType() != ConfigurationEvent.CM_UPDATED) {
            return;
        }
        synchronized (this) {
            // Each change is told once and in order.
            told++;
            notifyAll();
        }
    }
}
