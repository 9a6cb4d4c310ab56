package org.skein.net.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which process listens on a port, from {@code /proc}; only for processes this user may look at. */
final class PortHolder {
    private static final Logger log = LoggerFactory.getLogger(PortHolder.class);
    private static final String LISTEN = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortHolder() {}

    /** Such as {@code java (pid 4711)}. */
    static Optional<String> of(int port) {
        Set<String> sockets = new HashSet<>();
        listening(Path.of("/proc/net/tcp"), port, sockets);
        listening(Path.of("/proc/net/tcp6"), port, sockets);
        return sockets.isEmpty() ? Optional.empty() : process(sockets);
    }

    private static void listening(Path table, int port, Set<String> sockets) {
        String ending = String.format(Locale.ROOT, ":%04X", port);
        try {
            List<String> lines = Files.readAllLines(table);
            for (String line : lines) {
                String[] columns = line.trim().split("\\s+");
                if (columns.length > INODE && columns[LOCAL].endsWith(ending) && columns[STATE].equals(LISTEN)) {
                    sockets.add("socket:[" + columns[INODE] + "]");
                }
            }
        } catch (IOException e) {
            log.trace("what=no_socket_table file={}", table, e);
        }
    }

    private static Optional<String> process(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    String name = Files.readString(process.resolve("comm")).trim();
                    return Optional.of(name + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            log.trace("what=no_processes", e);
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            log.trace("what=process_not_readable process={}", process, e); // another user's, or gone
        }
        return false;
    }
}
