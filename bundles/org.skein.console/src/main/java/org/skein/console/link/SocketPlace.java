package org.skein.console.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the socket of an instance is: {@code run/console.sock}, or where that is longer than a socket's address may be,
 * a path kept in {@code run/console.path}.
 */
public final class SocketPlace {
    /** {@code sun_path} of Linux holds 108 bytes with the final zero; other systems a little less. */
    private static final int MAX_PATH_BYTES = 103;

    private SocketPlace() {}

    /** The usual place. */
    public static Path usual(Path base) {
        return base.resolve("run").resolve("console.sock");
    }

    /** The file that names the other place. */
    public static Path pointer(Path base) {
        return base.resolve("run").resolve("console.path");
    }

    public static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    /** Where a client must connect. */
    public static Path find(Path base) throws IOException {
        Path usual = usual(base);
        if (fits(usual) || !Files.exists(pointer(base))) {
            return usual;
        }
        return Path.of(Files.readString(pointer(base)).strip());
    }
}
