package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A person's terminal of 24 lines and 80 columns, with colours, and what runs in it. What was awaited lies behind.
 * <pre>{@code
 * try (Terminal terminal = Terminal.run("skein run")) {
 *     terminal.await("skein>").type("lb\r").await("Active");
 * }
 * }</pre>
 */
public final class Terminal implements AutoCloseable {
    private final Process script;
    private final StringBuffer shown = new StringBuffer();
    private int seen;

    private Terminal(Process script) {
        this.script = script;
        Thread reader = new Thread(this::read, "terminal");
        reader.setDaemon(true);
        reader.start();
    }

    /** @param line for {@code sh} */
    public static Terminal run(String line) {
        return run(line, true);
    }

    /** In one whose window has no size, as a container's may have. */
    public static Terminal runWithoutWindow(String line) {
        return run(line, false);
    }

    private static Terminal run(String line, boolean hasWindow) {
        // The program 'script' makes the terminal: the JDK has none.
        String sized = hasWindow ? "stty rows 24 cols 80; " : "stty rows 0 cols 0; ";
        ProcessBuilder builder =
                new ProcessBuilder("script", "-qec", sized + line, "/dev/null").redirectErrorStream(true);
        builder.environment().putAll(Map.of("TERM", "xterm-256color", "LC_ALL", "C.UTF-8"));
        try {
            Process process = builder.start();
            Processes.guard(process.toHandle());
            return new Terminal(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A word for {@code sh}. */
    public static String quoted(Object word) {
        return "'" + word.toString().replace("'", "'\\''") + "'";
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (InputStream in = script.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                shown.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            shown.append(e);
        }
    }

    /** Keys, {@code \r} for return. */
    public Terminal type(String keys) throws IOException {
        script.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
        return this;
    }

    /** Waits until this is shown behind what was awaited before, with its colours if it has some. */
    public Terminal await(String text) {
        Await.until(
                "'" + text + "' is shown",
                Await.LONG,
                () -> {
                    boolean over = !script.isAlive();
                    int at = shown.indexOf(text, seen);
                    if (at < 0 && over) throw new AssertionError("ended without '" + text + "':" + shown());
                    if (at >= 0) seen = at + text.length();
                    return at >= 0;
                },
                this::shown);
        return this;
    }

    /** All of it, with its colours. */
    public String shown() {
        return shown.toString();
    }

    /** The window is closed: what runs in it loses its terminal (SIGHUP). */
    public void hangUp() throws InterruptedException {
        script.destroyForcibly().waitFor();
    }

    /** @return the exit status of what ran in it */
    public int awaitExit() throws InterruptedException {
        assertTrue(script.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), () -> "it ends; shown:" + shown());
        return script.exitValue();
    }

    @Override
    public void close() {
        script.descendants().forEach(ProcessHandle::destroyForcibly);
        script.destroyForcibly();
    }
}
