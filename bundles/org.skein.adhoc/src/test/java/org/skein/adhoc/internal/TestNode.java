package org.skein.adhoc.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.skein.api.command.Action;
import org.skein.api.command.Result;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.component.IqRequest;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Sessions;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaException;

/** A node with the host of commands, in the test's own thread. */
final class TestNode {
    static final Jid HOST = Jid.of("localhost");
    static final Jid ADMIN = Jid.of("admin@localhost/pc");
    static final Jid USER = Jid.of("user@localhost/pc");

    final Registry registry = new Registry();
    final Set<Jid> online = new TreeSet<>();
    final InMemoryNode node;
    final ManualScheduler scheduler;
    final Runs runs;
    final Abroad abroad;
    final Errands errands;
    final CommandHost host;

    TestNode(InMemoryCluster cluster, ManualScheduler scheduler, String name) {
        this(cluster, scheduler, name, workers(scheduler));
    }

    private static Workers workers(ManualScheduler scheduler) {
        ManualScheduler.Loop loop = scheduler.loop();
        return new Workers(loop, loop::schedule);
    }

    /** With threads of the test's own for the code of commands. */
    TestNode(InMemoryCluster cluster, ManualScheduler scheduler, String name, Workers workers) {
        this.scheduler = scheduler;
        node = cluster.node(name);
        Sessions sessions = fake(
                Sessions.class,
                (method, arguments) -> online.contains(arguments[0])
                        ? Optional.of(fake(OnlineAccount.class, (m, a) -> null))
                        : Optional.empty());
        runs = new Runs(registry, sessions, workers, node);
        abroad = new Abroad(registry, runs, node);
        errands = new Errands(new Operator(registry, runs, hosts()), abroad, node);
        host = new CommandHost(registry, runs, abroad, hosts(), scheduler.clock(), node);
        node.handler(Runs.CHANNEL, runs)
                .handler(CommandHost.CHANNEL, host)
                .handler(Abroad.CHANNEL, abroad)
                .handler(Errands.CHANNEL, errands)
                .listener(abroad);
        abroad.activate();
        cluster.join(node);
        scheduler.runAll();
    }

    static <T> T fake(Class<T> type, BiFunction<String, Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == args[0];
                    default -> answer.apply(method.getName(), args);
                }));
    }

    /** Lists a stranger too, as a careless operator might. */
    static VirtualHosts hosts() {
        return new VirtualHosts() {
            @Override
            public Set<String> domains() {
                return Set.of("localhost");
            }

            @Override
            public String defaultDomain() {
                return "localhost";
            }

            @Override
            public boolean isAdmin(Jid account) {
                return account.local().equals("admin");
            }
        };
    }

    TestNode with(Action<?>... actions) {
        Arrays.stream(actions).forEach(registry::bindAction);
        return this;
    }

    CompletableFuture<Answer> start(String name, Map<String, List<String>> fields) {
        return runs.run(registry.named(name).orElseThrow(), fields, ADMIN).toCompletableFuture();
    }

    Answer run(String name, Map<String, List<String>> fields) {
        CompletableFuture<Answer> answer = start(name, fields);
        scheduler.runAll();
        return answer.join();
    }

    // what a client does

    /** What a command answers; a refusal as the error's condition and text. */
    Element ask(Jid by, Element payload) {
        CompletableFuture<Optional<Element>> answer = send(by, payload);
        scheduler.runAll();
        try {
            return answer.join().orElseThrow();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof StanzaException refused) throw refused;
            throw e;
        }
    }

    CompletableFuture<Optional<Element>> send(Jid by, Element payload) {
        Stanza iq =
                Stanza.iq().type("set").id("1").from(by).to(HOST).add(payload).build();
        return host.handle(new IqRequest(iq, Target.HOST, HOST, Optional.empty()))
                .toCompletableFuture();
    }

    String refusal(Jid by, Element payload) {
        try {
            return "answered " + ask(by, payload);
        } catch (StanzaException e) {
            return e.getMessage();
        }
    }

    static Element command(String node) {
        return Element.of("command", Forms.COMMANDS).with("node", node);
    }

    static Element step(Element before, String action, Map<String, List<String>> values) {
        Element.Builder form = Element.builder("x", Forms.DATA).attribute("type", "submit");
        values.forEach((var, texts) -> {
            Element.Builder field = Element.builder("field", Forms.DATA).attribute("var", var);
            texts.forEach(t -> field.child("value", t));
            form.child(field.build());
        });
        Element command = command(before.attribute("node", ""))
                .with("sessionid", before.attribute("sessionid", ""))
                .with(form.build());
        return action.isEmpty() ? command : command.with("action", action);
    }

    /** Collects calls; each waits until the test answers it. */
    static final class Held {
        final List<CompletableFuture<Result>> calls = new ArrayList<>();

        CompletionStage<Result> call() {
            CompletableFuture<Result> answer = new CompletableFuture<>();
            calls.add(answer);
            return answer;
        }
    }
}
