package org.skein.config.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.skein.config.settings.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies edits of the files under {@code etc/} once they have been left alone for one look. Looks when the file system
 * says that something changed there, and now and then all the same: some file systems never say.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
    private static final long BUSY_MS = 300;
    private static final long AT_LEAST_MS = 100;
    private static final long POLL_MS = 1_000;
    private static final long UNTOLD_MS = 5_000;
    private static final WatchEvent.Kind<?>[] ALL = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY
    };

    private final InstanceFiles files;
    private final Configurator configurator;
    private final Thread thread = new Thread(this::run, "skein-config");
    private Map<Path, String> applied;
    private Map<Path, String> seen;
    private WatchKey folder;

    FileWatch(InstanceFiles files, Configurator configurator) throws IOException {
        this.files = files;
        this.configurator = configurator;
        this.applied = files.fingerprint();
        this.seen = applied;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        Path etc = files.initFile().getParent();
        try (WatchService changes = watchService(etc)) {
            while (true) {
                if (isQuiet()) await(etc, changes);
                else TimeUnit.MILLISECONDS.sleep(BUSY_MS);
            }
        } catch (IOException e) {
            log.warn("what=config_watch_not_closed", e);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return null where the system has none to give: they are few for each user */
    private static WatchService watchService(Path etc) {
        try {
            return etc.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            log.info("what=config_polled reason=\"{}\"", e.toString());
            return null;
        }
    }

    /** Until something changes in the folder, or for a while. */
    private void await(Path etc, WatchService changes) throws InterruptedException {
        if (changes == null) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            return;
        }
        try {
            WatchKey now = etc.register(changes, ALL); // the same as before, unless another folder is there now
            if (!now.equals(folder)) {
                folder = now;
                return; // what changed before is not told
            }
        } catch (IOException e) {
            log.debug("what=config_folder_not_watched reason=\"{}\"", e.toString()); // it may come back
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            return;
        }
        WatchKey changed = changes.poll(UNTOLD_MS, TimeUnit.MILLISECONDS);
        if (changed == null) return;
        changed.pollEvents();
        changed.reset();
        TimeUnit.MILLISECONDS.sleep(AT_LEAST_MS);
    }

    /** @return whether all is applied, and was so at the last look */
    private boolean isQuiet() {
        try {
            Map<Path, String> now = files.fingerprint();
            boolean quiet = now.equals(seen);
            seen = now;
            if (!quiet) return false;
            if (!now.equals(applied)) {
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
        return true;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
