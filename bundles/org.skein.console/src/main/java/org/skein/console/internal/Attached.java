package org.skein.console.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.skein.console.link.Frame;
import org.skein.console.link.Wire;

/** One operator at the socket. */
final class Attached {
    private final Wire wire;
    private final GogoShell shell;
    private final Requests requests;

    Attached(SocketChannel channel, GogoShell shell, Requests requests) {
        this.wire = new Wire(channel);
        this.shell = shell;
        this.requests = requests;
    }

    void serve() throws Exception {
        Optional<Frame> first = wire.read();
        if (first.isEmpty()) {
            return;
        }
        Frame frame = first.get();
        int status = switch (frame.type()) {
            case EXECUTE ->
                whileAttached(() -> shell.execute(frame.text(), stream(Frame.Type.OUTPUT), stream(Frame.Type.ERROR)));
            case CALL ->
                whileAttached(
                        () -> requests.answer(frame.words(), stream(Frame.Type.OUTPUT), stream(Frame.Type.ERROR)));
            case SHELL -> interactive(frame.words());
            default -> throw new IOException("a session does not begin with " + frame.type());
        };
        wire.send(Frame.of(Frame.Type.EXIT, Integer.toString(status)));
    }

    /** Interrupts what runs when the operator hangs up, which Ctrl-C at the command line does too. */
    private int whileAttached(IntSupplier command) {
        Thread running = Thread.currentThread();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread watch = new Thread(
                () -> {
                    awaitHangUp();
                    synchronized (isOver) {
                        if (!isOver.get()) running.interrupt();
                    }
                },
                running.getName() + "-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            return command.getAsInt();
        } finally {
            synchronized (isOver) {
                isOver.set(true);
            }
            Thread.interrupted(); // there is no command any more it could be meant for
        }
    }

    private void awaitHangUp() {
        try {
            while (wire.read().isPresent()) {
                continue; // nothing is typed here
            }
        } catch (IOException e) {
            Thread.currentThread().interrupt(); // hung up, or over and closed: either way the end of this thread
        }
    }

    private int interactive(List<String> words) throws Exception {
        LineDisciplineTerminal terminal = new LineDisciplineTerminal(
                "skein", words.get(0), new BufferedOutputStream(stream(Frame.Type.OUTPUT)), StandardCharsets.UTF_8);
        resize(terminal, words.subList(1, words.size()));
        Thread typing = new Thread(() -> type(terminal), Thread.currentThread().getName() + "-typing");
        typing.setDaemon(true);
        typing.start();
        try {
            shell.interact(terminal);
        } finally {
            terminal.close();
        }
        return 0;
    }

    /** Feeds the terminal with what the operator types until the connection ends. */
    private void type(LineDisciplineTerminal terminal) {
        try {
            for (Optional<Frame> f = wire.read(); f.isPresent(); f = wire.read()) {
                if (f.get().type() == Frame.Type.INPUT) {
                    terminal.processInputBytes(f.get().data());
                } else if (f.get().type() == Frame.Type.WINDOW) {
                    resize(terminal, f.get().words());
                    terminal.raise(Terminal.Signal.WINCH);
                }
            }
            terminal.raise(Terminal.Signal.INT);
            terminal.close();
        } catch (IOException e) {
            // Hung up, or the session has ended and closed the terminal before us: either way there is no more input.
            Thread.currentThread().interrupt();
        }
    }

    private static void resize(LineDisciplineTerminal terminal, List<String> size) {
        terminal.setSize(new Size(Integer.parseInt(size.get(0)), Integer.parseInt(size.get(1))));
    }

    private OutputStream stream(Frame.Type type) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] data, int offset, int length) throws IOException {
                wire.send(new Frame(type, Arrays.copyOfRange(data, offset, offset + length)));
            }
        };
    }
}
