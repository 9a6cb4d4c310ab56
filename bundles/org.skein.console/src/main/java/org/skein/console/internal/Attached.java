package org.skein.console.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.skein.console.link.Frame;

/** One operator at the socket. */
final class Attached {
    private final DataInputStream in;
    private final DataOutputStream out;
    private final GogoShell shell;
    private final Requests requests;

    Attached(SocketChannel channel, GogoShell shell, Requests requests) {
        this.in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
        this.shell = shell;
        this.requests = requests;
    }

    void serve() throws Exception {
        Optional<Frame> first = Frame.read(in);
        if (first.isEmpty()) {
            return;
        }
        Frame frame = first.get();
        int status = switch (frame.type()) {
            case EXECUTE -> shell.execute(frame.text(), stream(Frame.Type.OUTPUT), stream(Frame.Type.ERROR));
            case CALL -> requests.answer(frame.words(), stream(Frame.Type.OUTPUT), stream(Frame.Type.ERROR));
            case SHELL -> interactive(frame.words());
            default -> throw new IOException("a session does not begin with " + frame.type());
        };
        send(Frame.of(Frame.Type.EXIT, Integer.toString(status)));
    }

    private int interactive(List<String> words) throws Exception {
        LineDisciplineTerminal terminal =
                new LineDisciplineTerminal("skein", words.get(0), stream(Frame.Type.OUTPUT), StandardCharsets.UTF_8);
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
            for (Optional<Frame> f = Frame.read(in); f.isPresent(); f = Frame.read(in)) {
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

    private synchronized void send(Frame frame) throws IOException {
        frame.write(out);
    }

    private OutputStream stream(Frame.Type type) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] data, int offset, int length) throws IOException {
                send(new Frame(type, Arrays.copyOfRange(data, offset, offset + length)));
            }
        };
    }
}
