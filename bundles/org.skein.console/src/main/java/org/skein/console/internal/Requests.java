package org.skein.console.internal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Answers what the command line asks for itself: {@code status}, {@code user …} and {@code ctl …}. */
@Component(service = Requests.class)
public final class Requests {
    private final UserCommands users;
    private final NodeStatus status;
    private final GogoShell shell;

    @Activate
    public Requests(@Reference UserCommands users, @Reference NodeStatus status, @Reference GogoShell shell) {
        this.users = users;
        this.status = status;
        this.shell = shell;
    }

    int answer(List<String> words, OutputStream out, OutputStream err) {
        try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream complaints = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            try {
                if (words.get(0).equals("ctl")) return shell.ctl(words.subList(1, words.size()), printed, complaints);
                return answer(words, printed);
            } catch (Exception e) {
                complaints.println("skein: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
                return 1;
            }
        }
    }

    private int answer(List<String> words, PrintStream out) throws Exception {
        return switch (String.join(" ", words.subList(0, Math.min(2, words.size())))) {
            case "status" -> {
                NodeStatus.Answer answer = status.ask();
                out.println(answer.text());
                yield answer.canLogIn() ? 0 : 1;
            }
            case "user add" -> print(out, users.add(words.get(2), words.get(3)));
            case "user passwd" -> print(out, users.passwd(words.get(2), words.get(3)));
            case "user remove" -> print(out, users.remove(words.get(2)));
            case "user list" -> print(out, words.size() > 2 ? users.list(words.get(2)) : users.list());
            default -> throw new IllegalArgumentException("unknown request " + words);
        };
    }

    private static int print(PrintStream out, String text) {
        if (!text.isEmpty()) {
            out.println(text);
        }
        return 0;
    }
}
