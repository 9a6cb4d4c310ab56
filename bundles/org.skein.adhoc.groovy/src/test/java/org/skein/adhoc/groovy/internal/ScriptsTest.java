package org.skein.adhoc.groovy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.adhoc.groovy.internal.Scripts.Row;
import org.skein.api.command.Action.Call;
import org.skein.api.command.CommandException;
import org.skein.api.command.DescribedAction;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

/** Files come, change and go: so do the commands. */
class ScriptsTest {
    private static final Call CALL = new Call(Jid.of("admin@localhost"), "a", true);

    @TempDir
    private Path base;

    private final Fakes fakes = new Fakes();
    private boolean serving = true;
    private Scripts scripts;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(base.resolve("scripts"));
        Cluster cluster = Fakes.fake(
                Cluster.class,
                (method, arguments) -> method.equals("isServing") ? (Object) serving : new NodeId("a", 1));
        scripts = new Scripts(fakes.context(), Mirror.in(base, new InMemoryStorage().sharedFiles()), cluster);
    }

    private void drop(String file, String text) throws IOException {
        Files.writeString(base.resolve("scripts").resolve(file), text);
        settle();
    }

    private void remove(String file) throws IOException {
        Files.delete(base.resolve("scripts").resolve(file));
        settle();
    }

    private void settle() {
        for (int i = 0; i < 4; i++) scripts.turn();
    }

    private static String script(String name, String body) {
        return "// name: " + name + "\n// title: X\n" + body;
    }

    private DescribedAction command(String name) {
        return fakes.registered.stream()
                .filter(a -> a.description().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no command " + name));
    }

    private String run(String name) {
        try {
            return command(name)
                    .run(Map.of(), CALL)
                    .toCompletableFuture()
                    .join()
                    .text();
        } catch (CommandException e) {
            return "failed: " + e.getMessage();
        }
    }

    private List<String> names() {
        return fakes.registered.stream()
                .map(a -> a.description().name())
                .sorted()
                .toList();
    }

    private Map<String, String> states() {
        return new TreeMap<>(scripts.rows().stream()
                .collect(Collectors.toMap(Row::file, r -> r.state() + " " + r.command() + " " + r.trouble())));
    }

    @Test
    void aFileIsACommandAsLongAsItIsThere() throws Exception {
        drop("x.groovy", script("test:x", "'one'"));
        assertEquals("one", run("test:x"));
        drop("x.groovy", script("test:x", "'changed'"));
        assertEquals("changed", run("test:x"));
        drop("x.groovy", script("test:other", "'other'"));
        assertEquals(List.of("test:other"), names());
        Row row = scripts.rows().get(0);
        assertEquals(
                "x.groovy test:other live 3 a",
                String.join(" ", row.file(), row.command(), row.state(), row.version(), row.by()));
        assertEquals(12, row.sha256().length());
        remove("x.groovy");
        assertEquals(List.of(), names());
        assertEquals(List.of(), scripts.rows());
    }

    @Test
    void aNodeThatMayNotServeWaits() throws Exception {
        serving = false;
        drop("x.groovy", script("test:x", "'one'"));
        assertEquals(List.of(), names());
        serving = true;
        settle();
        assertEquals("one", run("test:x"));
    }

    @Test
    void aVersionWithAnErrorAnswersTheErrorUntilItIsMended() throws Exception {
        drop("x.groovy", script("test:x", "'one'"));
        drop("x.groovy", script("test:x", "'one"));
        assertTrue(run("test:x").startsWith("failed: script x.groovy line 3: "), run("test:x"));
        drop("x.groovy", "// name: test:x\n// titel: X\n'one'");
        String wrong =
                "script x.groovy line 2: the header has no 'titel:'; it may have name, title, description, field,"
                        + " scope, merge, access, deadline, idempotent";
        assertEquals("failed: " + wrong, run("test:x"));
        assertEquals(Map.of("x.groovy", "broken test:x " + wrong), states());
        drop("x.groovy", script("test:x", "'mended'"));
        assertEquals("mended", run("test:x"));
        drop("y.groovy", "'no header'");
        assertEquals("broken  script y.groovy line 1: the header has no 'name:' line", states().get("y.groovy"));
        assertEquals(List.of("test:x"), names());
    }

    @Test
    void ofTwoScriptsWithOneCommandTheFirstFileCounts() throws Exception {
        drop("b.groovy", script("test:x", "'b'"));
        drop("a.groovy", script("test:x", "'a'"));
        assertEquals("a", run("test:x"));
        assertEquals(List.of("test:x"), names());
        assertEquals("refused test:x its command test:x is that of a.groovy", states().get("b.groovy"));
        remove("a.groovy");
        assertEquals("b", run("test:x"));
        assertEquals("live test:x ", states().get("b.groovy"));
    }

    @Test
    void aCommandThatIsThereAlreadyIsNotReplaced() throws Exception {
        drop("x.groovy", script("user:add", "'x'"));
        command("user:add").hosted(Optional.of("name or node of AddUser, which came first"));
        assertEquals("refused user:add name or node of AddUser, which came first", states().get("x.groovy"));
    }

    @Test
    void whatIsNoScriptIsInTheListWithTheReason() throws Exception {
        drop("x.groovy", script("test:x", "'x'"));
        Files.write(base.resolve("scripts/x.groovy"), new byte[Folder.MOST_BYTES + 1]);
        drop("two words.groovy", "1");
        assertEquals("x", run("test:x"));
        assertEquals(
                Map.of(
                        "x.groovy", "live test:x the file on this node: it has more than 256 KiB",
                        "two words.groovy",
                                "refused  the name of a script has letters, digits, '.', '_' and '-', at most 100"),
                states());
    }

    @Test
    void theExamplesDoWhatTheySay() throws Exception {
        Path examples = Path.of("../../examples/scripts");
        try (Stream<Path> files = Files.list(examples)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".groovy")).toList()) {
                Files.copy(
                        file, base.resolve("scripts").resolve(file.getFileName().toString()));
            }
        }
        settle();
        assertEquals(Map.of("crowd.groovy", "live session:crowd ", "nudge.groovy", "live user:nudge "), states());

        Jid romeo = Jid.of("romeo@localhost");
        int[] sent = {0};
        List<Session> theirs = Stream.of("a", "b")
                .map(r -> Fakes.fake(Session.class, (method, arguments) -> switch (method) {
                    case "jid" -> Jid.of(romeo + "/" + r);
                    case "isAvailable" -> true;
                    case "boundAt" -> java.time.Instant.EPOCH;
                    case "transport" -> "c2s";
                    case "send" -> sent[0]++;
                    default -> throw new UnsupportedOperationException(method);
                }))
                .toList();
        OnlineAccount account = Fakes.fake(OnlineAccount.class, (method, arguments) -> theirs);
        fakes.services.put(Sessions.class.getName(), Fakes.fake(Sessions.class, (method, arguments) -> switch (method) {
            case "all" -> theirs;
            default -> Optional.of(account).filter(a -> arguments[0].equals(romeo));
        }));
        assertEquals(
                List.of(List.of("romeo@localhost", "2", "1970-01-01T00:00:00Z", "c2s")),
                command("session:crowd")
                        .run(Map.of("least", 2), CALL)
                        .toCompletableFuture()
                        .join()
                        .rows());
        Map<String, Object> to = Map.of("user", romeo, "text", "hi", "dry", false);
        assertEquals(Optional.of(romeo), command("user:nudge").user(to));
        assertEquals(
                List.of("2"),
                command("user:nudge")
                        .run(to, CALL)
                        .toCompletableFuture()
                        .join()
                        .values()
                        .get(0)
                        .texts());
        assertEquals(2, sent[0]);
        Map<String, Object> nobody = Map.of("user", Jid.of("tybalt@localhost"), "text", "hi", "dry", false);
        CommandException gone =
                assertThrows(CommandException.class, () -> command("user:nudge").run(nobody, CALL));
        assertEquals(CommandException.Kind.NOT_FOUND, gone.kind());
    }
}
