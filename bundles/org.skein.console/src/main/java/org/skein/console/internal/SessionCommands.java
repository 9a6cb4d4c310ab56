package org.skein.console.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;

/** {@code session:list}, {@code session:count}. */
@Component(
        service = SessionCommands.class,
        property = {"osgi.command.scope=session", "osgi.command.function=list", "osgi.command.function=count"})
public final class SessionCommands {
    private final ServiceTracker<Sessions, Sessions> sessions;

    @Activate
    public SessionCommands(BundleContext context) {
        sessions = new ServiceTracker<>(context, Sessions.class, null);
        sessions.open();
    }

    @Deactivate
    void deactivate() {
        sessions.close();
    }

    @Descriptor("lists the sessions on this node")
    public String list() {
        return list("");
    }

    @Descriptor("lists the sessions whose address contains a text")
    public String list(@Descriptor("part of an address") String part) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"ADDRESS", "OVER", "FROM", "SECURITY", "STATE", "BOUND", "IDLE"});
        service().all().stream()
                .filter(s -> s.jid().toString().contains(part))
                .sorted(Comparator.comparing(s -> s.jid().toString()))
                .forEach(s -> rows.add(row(s)));
        return Columns.of(rows);
    }

    @Descriptor("tells how many sessions are on this node")
    public int count() {
        return service().count();
    }

    private static String[] row(Session s) {
        Instant now = Instant.now();
        String state = !s.isConnected() ? "detached" : s.isAvailable() ? "available " + s.priority() : "connected";
        return new String[] {
            s.jid().toString(),
            s.transport(),
            s.remoteAddress().map(String::valueOf).orElse("-").replaceFirst("^/", ""),
            s.security().isEmpty() ? "none" : s.security(),
            state,
            age(Duration.between(s.boundAt(), now)),
            age(Duration.between(s.lastActivity(), now))
        };
    }

    private static String age(Duration d) {
        long seconds = Math.max(0, d.toSeconds());
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }

    private Sessions service() {
        Sessions service = sessions.getService();
        if (service == null) {
            throw new IllegalStateException("the session manager is not running");
        }
        return service;
    }

    /** Rows as a table for people. */
    static final class Columns {
        private Columns() {}

        static String of(List<String[]> rows) {
            int[] width = new int[rows.get(0).length];
            rows.forEach(r -> {
                for (int i = 0; i < width.length; i++) {
                    width[i] = Math.max(width[i], r[i].length());
                }
            });
            return rows.stream().map(r -> line(r, width)).collect(Collectors.joining("\n"));
        }

        private static String line(String[] row, int[] width) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < width.length; i++) {
                text.append(String.format("%-" + (width[i] + 2) + "s", row[i]));
            }
            return text.toString().stripTrailing();
        }
    }
}
