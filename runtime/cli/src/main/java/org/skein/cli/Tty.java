package org.skein.cli;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The terminal of the process, by way of {@code stty}: the console on the other side does the line editing. */
final class Tty implements AutoCloseable {
    private final String saved;

    private Tty(String saved) {
        this.saved = saved;
    }

    /** Puts the terminal in raw mode until closed. */
    static Tty raw() throws IOException {
        Tty tty = new Tty(stty("-g"));
        stty("raw", "-echo");
        return tty;
    }

    /** Hides what is typed until closed. */
    static Tty silent() throws IOException {
        Tty tty = new Tty(stty("-g"));
        stty("-echo");
        return tty;
    }

    /** Columns and lines. */
    static List<String> size() throws IOException {
        String[] words = stty("size").split(" ");
        return words.length == 2 && !words[1].equals("0") ? List.of(words[1], words[0]) : List.of("80", "24");
    }

    /** Calls back when the window changes. The JDK has no API for signals; without it the size stays what it was. */
    static void onResize(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (p, m, a) -> {
                if (m.getName().equals("handle")) {
                    action.run();
                }
                return null;
            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), proxy);
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.err.println("skein: changes of the window size are not seen: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        stty(saved);
    }

    private static String stty(String... arguments) throws IOException {
        List<String> line = new java.util.ArrayList<>(List.of("stty"));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("stty " + String.join(" ", arguments) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }
}
