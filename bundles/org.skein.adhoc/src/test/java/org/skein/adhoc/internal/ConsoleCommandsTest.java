package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.session.Sessions;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;

/** Commands as Gogo itself calls them. */
class ConsoleCommandsTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryNode node = new InMemoryCluster(scheduler).join("a");
    private final Registry registry = new Registry();
    private final TestCommands.AllFields allFields = new TestCommands.AllFields();
    private final WorkerThreads threads = new WorkerThreads();
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final Map<String, Dictionary<?, ?>> registered = new HashMap<>();
    private final ConsoleCommands console;

    ConsoleCommandsTest() {
        scheduler.runAll();
        io.start();
        Sessions sessions = TestNode.fake(Sessions.class, (m, a) -> Optional.empty());
        Runs runs = new Runs(registry, sessions, new Workers(threads, threads), node);
        Operator operator = new Operator(registry, runs, TestNode.hosts());
        console = new ConsoleCommands(
                TestNode.fake(BundleContext.class, (method, arguments) -> register(arguments)),
                operator,
                new Errands(operator, new Abroad(registry, runs, node), node));
    }

    /** As the framework and Gogo's tracker do. */
    private ServiceRegistration<?> register(Object[] arguments) {
        assertEquals(Function.class, arguments[0]);
        Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
        String scope = (String) properties.get("osgi.command.scope");
        String function = ((String[]) properties.get("osgi.command.function"))[0];
        gogo.addCommand(scope, arguments[1], function);
        registered.put(scope + ":" + function, properties);
        return TestNode.fake(ServiceRegistration.class, (method, none) -> {
            gogo.removeCommand(scope, function);
            return registered.remove(scope + ":" + function) == null;
        });
    }

    @AfterEach
    void end() {
        console.deactivate();
        assertEquals(Map.of(), registered);
        gogo.stop();
        io.stop();
        threads.close();
    }

    private Object execute(String line) throws Exception {
        try (CommandSession session = gogo.createSession(
                new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), new ByteArrayOutputStream())) {
            return session.execute(line);
        }
    }

    @Test
    void theWordsOfALineAreFields() throws Exception {
        registry.bindAction(allFields);
        assertEquals(
                "done",
                execute("test:form \"two words\" whom=romeo@localhost/a number=7 flag=true others=a@b others=c@d"));
        assertEquals("two words", allFields.last.text());
        assertEquals("romeo@localhost/a", allFields.last.whom().toString());
        assertEquals(7, allFields.last.number());
        assertTrue(allFields.last.flag());
        assertEquals(2, allFields.last.others().size());
        assertTrue(String.valueOf(registered.get("test:form").get("skein.command.help"))
                .contains("whom="));
        assertTrue(String.valueOf(execute("test:form --help")).startsWith("test:form text="));
    }

    @Test
    void whatItTakesIsThereForCompletion() {
        registry.bindAction(allFields);
        java.util.Collection<?> fields =
                (java.util.Collection<?>) registered.get("test:form").get("skein.command.fields");
        for (String word :
                List.of("text=\tText", "--flag\tFlag", "colour=dark-red\tdark-red", "the-choice=a\tThe first")) {
            assertTrue(fields.contains(word), fields::toString);
        }
    }

    @Test
    void itComesAndGoesWithItsService() throws Exception {
        assertThrows(Exception.class, () -> execute("test:form hi whom=a@b"));
        registry.bindAction(allFields);
        execute("test:form hi whom=a@b");
        registry.unbindAction(allFields);
        assertThrows(Exception.class, () -> execute("test:form hi whom=a@b"));
    }

    @Test
    void aTableIsAlignedAndSteersNoTerminal() throws Exception {
        registry.bindAction(new TestCommands.Rows(call -> Result.later(
                Result.table(List.of("k=Key", "v"), List.of(List.of("long\u001b[2J", "1"), List.of("x", "2"))))));
        assertEquals("""
                NODE  KEY       V
                a     long [2J  1
                a     x         2""", execute("test:rows"));
    }

    @Test
    void whatFailsIsThrownWithItsText() throws Exception {
        registry.bindAction(new TestCommands.Local(call -> {
            throw new CommandException(Kind.CONFLICT, "already there");
        }));
        assertEquals(
                "already there",
                assertThrows(IllegalStateException.class, () -> execute("test:local"))
                        .getMessage());
    }
}
