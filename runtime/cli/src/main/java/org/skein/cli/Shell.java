package org.skein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.skein.console.link.Frame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Attaches to the console of a running node, or has it run one command. */
@Command(
        name = "shell",
        description = {
            "Attaches to the console of the running node; Ctrl-D leaves it and the node runs on.",
            "With COMMAND (one quoted command) runs it, prints its result and returns when its effect is complete;",
            "the exit status is that of the command: 0, or 1 when it failed or is unknown."
        })
final class Shell implements Callable<Integer> {
    @Mixin
    private BaseOption base;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "For instance 'session:list' or 'help'.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        Path folder = base.base();
        try (Link link =
                Link.open(folder).orElseThrow(() -> new IllegalStateException("no node is running on " + folder))) {
            if (!command.isEmpty()) {
                link.send(Frame.of(Frame.Type.EXECUTE, String.join(" ", command)));
                return link.relay();
            }
            if (System.console() == null) {
                throw new UsageException("no terminal here: give a command, such as 'help'");
            }
            return interactive(link);
        }
    }

    private static int interactive(Link link) throws IOException {
        List<String> size = Tty.size();
        String term = System.getenv().getOrDefault("TERM", "dumb");
        Tty tty = Tty.raw();
        Thread restore = new Thread(() -> close(tty));
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            link.send(Frame.of(Frame.Type.SHELL, List.of(term, size.get(0), size.get(1))));
            Tty.onResize(() -> resized(link));
            Thread typing = new Thread(() -> type(link), "typing");
            typing.setDaemon(true);
            typing.start();
            return link.relay();
        } finally {
            Runtime.getRuntime().removeShutdownHook(restore);
            close(tty);
        }
    }

    private static void type(Link link) {
        byte[] buffer = new byte[4096];
        try {
            for (int n = System.in.read(buffer); n >= 0; n = System.in.read(buffer)) {
                link.send(new Frame(Frame.Type.INPUT, Arrays.copyOf(buffer, n)));
            }
            link.close();
        } catch (IOException e) {
            // The node has gone; the thread that prints says so.
            Thread.currentThread().interrupt();
        }
    }

    private static void resized(Link link) {
        try {
            link.send(Frame.of(Frame.Type.WINDOW, Tty.size()));
        } catch (IOException e) {
            System.err.println("skein: new window size not sent: " + e.getMessage());
        }
    }

    private static void close(Tty tty) {
        try {
            tty.close();
        } catch (IOException e) {
            System.err.println("skein: " + e.getMessage() + "; type: stty sane");
        }
    }
}
