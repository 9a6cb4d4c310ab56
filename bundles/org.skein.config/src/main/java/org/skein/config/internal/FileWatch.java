package org.skein.config.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.skein.config.settings.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies edits of the files under {@code etc/} once they have been left alone for one look. */
final class FileWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
    private static final long PERIOD_MS = 300;

    private final InstanceFiles files;
    private final Configurator configurator;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "skein-config");
        thread.setDaemon(true);
        return thread;
    });
    private Map<Path, String> applied;
    private Map<Path, String> seen;

    FileWatch(InstanceFiles files, Configurator configurator) throws IOException {
        this.files = files;
        this.configurator = configurator;
        this.applied = files.fingerprint();
        this.seen = applied;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<Path, String> now = files.fingerprint();
            boolean quiet = now.equals(seen);
            seen = now;
            if (quiet && !now.equals(applied)) {
                applied = now;
                List<Problem> problems = configurator.reload();
                problems.forEach(p -> log.error("what=config_rejected {}", p));
                if (problems.isEmpty()) {
                    log.info("what=config_applied");
                }
            }
        } catch (IOException | RuntimeException e) {
            log.error("what=config_not_read", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
