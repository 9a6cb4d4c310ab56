package org.skein.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.skein.console.link.Frame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Accounts, with the node running or stopped. */
@Command(
        name = "user",
        description = "Adds, changes, removes and lists accounts, with the node running or stopped.",
        subcommands = {User.Add.class, User.Passwd.class, User.Remove.class, User.ListThem.class})
final class User implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BaseOption base;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say add, passwd, remove or list");
    }

    /** {@code --base} may stand before or after the name of the subcommand. */
    private Path chosen(BaseOption own) throws IOException {
        return own.isGiven() ? own.base() : base.base();
    }

    private static int request(Path base, List<String> words) throws IOException {
        Optional<Link> running = Link.open(base);
        if (running.isPresent()) {
            try (Link link = running.get()) {
                return call(link, words);
            }
        }
        try (OfflineNode node = OfflineNode.boot(base);
                Link link = node.connect()) {
            return call(link, words);
        }
    }

    private static int call(Link link, List<String> words) throws IOException {
        link.send(Frame.of(Frame.Type.CALL, words));
        return link.relay();
    }

    private static String password(String given) throws IOException {
        if (given != null) {
            return given;
        }
        Console console = System.console();
        if (console != null) {
            char[] first = console.readPassword("Password: ");
            char[] second = console.readPassword("Again: ");
            if (first == null || !Arrays.equals(first, second)) {
                throw new IllegalStateException("the passwords differ");
            }
            return new String(first);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null || line.isEmpty()) {
            throw new UsageException("no password: use --password, or give it on standard input");
        }
        return line;
    }

    /** What the four have in common. */
    private abstract static class One implements Callable<Integer> {
        @Mixin
        private BaseOption own;

        @picocli.CommandLine.ParentCommand
        private User user;

        final int request(List<String> words) throws IOException {
            return User.request(user.chosen(own), words);
        }
    }

    @Command(name = "add", description = "Adds an account.")
    static final class Add extends One {
        @Parameters(paramLabel = "JID", description = "Its address, such as anna@localhost.")
        private String jid;

        @Option(
                names = "--password",
                paramLabel = "PW",
                description = "Its password; else it is asked for, or read from standard input.")
        private String password;

        @Override
        public Integer call() throws IOException {
            return request(List.of("user", "add", jid, User.password(password)));
        }
    }

    @Command(name = "passwd", description = "Gives an account a new password.")
    static final class Passwd extends One {
        @Parameters(paramLabel = "JID", description = "Its address.")
        private String jid;

        @Option(
                names = "--password",
                paramLabel = "PW",
                description = "The new password; else it is asked for, or read from standard input.")
        private String password;

        @Override
        public Integer call() throws IOException {
            return request(List.of("user", "passwd", jid, User.password(password)));
        }
    }

    @Command(name = "remove", description = "Removes an account with all it owns; its sessions end.")
    static final class Remove extends One {
        @Parameters(paramLabel = "JID", description = "Its address.")
        private String jid;

        @Override
        public Integer call() throws IOException {
            return request(List.of("user", "remove", jid));
        }
    }

    @Command(name = "list", description = "Lists the accounts, one a line.")
    static final class ListThem extends One {
        @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "Of this domain only.")
        private String domain;

        @Override
        public Integer call() throws IOException {
            return request(domain == null ? List.of("user", "list") : List.of("user", "list", domain));
        }
    }
}
