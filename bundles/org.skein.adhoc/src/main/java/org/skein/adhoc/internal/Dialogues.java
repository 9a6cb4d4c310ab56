package org.skein.adhoc.internal;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said between a user and a command (XEP-0050 §3), on the node that holds the session. */
final class Dialogues {
    private static final Logger log = LoggerFactory.getLogger(Dialogues.class);

    private final Registry registry;
    private final Runs runs;
    private final Access access;
    private final FormSessions sessions;

    Dialogues(Registry registry, Runs runs, Access access, Clock clock) {
        this.registry = registry;
        this.runs = runs;
        this.access = access;
        this.sessions = new FormSessions(clock);
    }

    FormSessions sessions() {
        return sessions;
    }

    /** Answers a {@code <command/>}; throws, or fails with, a {@link StanzaException}. */
    CompletionStage<Element> step(Jid by, Element asked) {
        String node = asked.attribute("node")
                .orElseThrow(() -> new StanzaException(Condition.BAD_REQUEST, "bad-payload: no node"));
        Definition command =
                registry.atNode(node).orElseThrow(() -> new StanzaException(Condition.ITEM_NOT_FOUND)); // §4.4
        if (!access.may(by, command)) throw new StanzaException(Condition.FORBIDDEN);
        String action = asked.attribute("action", "execute");
        if (!List.of("execute", "next", "prev", "complete", "cancel").contains(action)) {
            throw new StanzaException(Condition.BAD_REQUEST, "malformed-action: there is no action of this name");
        }
        Optional<String> id = asked.attribute("sessionid");
        if (id.isPresent()) {
            return goOn(sessions.use(id.get(), command, by.bare()), by, action, asked.child("x", Forms.DATA));
        }
        if (action.equals("prev") || action.equals("next") || action.equals("cancel")) {
            throw new StanzaException(Condition.BAD_REQUEST, "bad-sessionid: nothing has been begun");
        }
        if (command.pages() > 0) return page(sessions.begin(runs.self(), command, by.bare()));
        FormSession session = new FormSession(UUID.randomUUID().toString(), command, by.bare());
        return runs.run(command, Map.of(), by).thenApply(answer -> completed(session, answer));
    }

    private CompletionStage<Element> goOn(FormSession session, Jid by, String action, Optional<Element> form) {
        boolean isCancelled =
                form.filter(f -> f.attribute("type", "").equals("cancel")).isPresent();
        if (action.equals("cancel") || isCancelled) {
            if (!session.begin() && !session.cancelling().cancel()) { // who waits for the answer gets it now
                throw new StanzaException(Condition.NOT_ALLOWED, "it is being carried out and cannot be cancelled");
            }
            sessions.end(session);
            return CompletableFuture.completedFuture(answer(session, "canceled").build());
        }
        String meant = !action.equals("execute") ? action : session.isLast() ? "complete" : "next"; // §3.4
        switch (meant) {
            case "prev" -> {
                if (session.page() == 1) throw badAction("prev");
                session.turn(-1);
            }
            case "next" -> {
                if (session.isLast()) throw badAction("next");
                fill(session, form);
                session.turn(1);
            }
            default -> {
                if (!session.isLast()) throw badAction("complete");
                return complete(session, by, form);
            }
        }
        return page(session);
    }

    private static StanzaException badAction(String action) {
        return new StanzaException(Condition.BAD_REQUEST, "bad-action: " + action + " is not possible now");
    }

    private static StanzaException busy() {
        return new StanzaException(Condition.BAD_REQUEST, "bad-action: it is being carried out");
    }

    private static void fill(FormSession session, Optional<Element> form) {
        Element filled = form.filter(f -> f.attribute("type", "").equals("submit"))
                .orElseThrow(() -> new StanzaException(Condition.BAD_REQUEST, "bad-payload: no form was submitted"));
        Map<String, List<String>> values = Forms.submitted(filled);
        try {
            session.command().checkPage(session.page(), values);
        } catch (CommandException e) {
            throw error(e);
        }
        session.fill(values);
    }

    private CompletionStage<Element> complete(FormSession session, Jid by, Optional<Element> form) {
        if (!session.begin()) throw busy(); // two clients of one user may answer the same form
        try {
            fill(session, form);
            return runs.run(session.command(), session.filled(), by, session.cancelling())
                    .thenApply(answer -> completed(session, answer));
        } catch (CommandException e) {
            session.goOn();
            throw error(e);
        } catch (StanzaException e) {
            session.goOn();
            throw e;
        }
    }

    private Element completed(FormSession session, Answer answer) {
        if (answer.isCancelled()) {
            sessions.end(session);
            Element.Builder cancelled = answer(session, "canceled");
            Forms.result(session.command(), answer).forEach(cancelled::child);
            return cancelled.build();
        }
        if (!answer.isDone()) {
            if (answer.failureKind().equals(Optional.of(Kind.BAD_INPUT))) session.goOn(); // may be filled in better
            else sessions.end(session);
            throw answer.failureKind()
                    .map(kind -> error(new CommandException(kind, answer.failure())))
                    .orElseGet(() -> new StanzaException(Condition.INTERNAL_SERVER_ERROR, answer.failure()));
        }
        sessions.end(session);
        Element.Builder done = answer(session, "completed");
        Forms.result(session.command(), answer).forEach(done::child);
        return done.build();
    }

    private CompletionStage<Element> page(FormSession session) {
        int page = session.page();
        Map<String, List<String>> soFar = session.soFar();
        Definition command = session.command();
        return runs.workers()
                .call(command, command.deadline(), () -> command.prefill(page, soFar))
                .handle((values, failure) -> {
                    if (failure != null) throw prefillFailed(session, failure);
                    return page(session, page, values);
                });
    }

    private StanzaException prefillFailed(FormSession session, Throwable failure) {
        sessions.end(session);
        if (failure instanceof CommandException e) return error(e);
        if (failure instanceof TimeoutException) {
            return new StanzaException(Condition.RESOURCE_CONSTRAINT, failure.getMessage());
        }
        log.error("what=command_failed command={} step=prefill", session.command(), failure);
        return new StanzaException(
                Condition.INTERNAL_SERVER_ERROR, "internal error; the log of " + runs.self() + " has more");
    }

    private static Element page(FormSession session, int page, Map<String, List<String>> values) {
        Definition command = session.command();
        boolean isLast = page == command.pages();
        Element.Builder actions =
                Element.builder("actions", Forms.COMMANDS).attribute("execute", isLast ? "complete" : "next");
        if (page > 1) actions.child(Element.of("prev", Forms.COMMANDS));
        actions.child(Element.of(isLast ? "complete" : "next", Forms.COMMANDS));
        return answer(session, "executing")
                .child(actions.build())
                .child(Forms.page(command, page, session.here(new HashMap<>(values))))
                .build();
    }

    private static Element.Builder answer(FormSession session, String status) {
        return Element.builder("command", Forms.COMMANDS)
                .attribute("node", session.command().node())
                .attribute("sessionid", session.id())
                .attribute("status", status);
    }

    private static StanzaException error(CommandException e) {
        Condition condition = switch (e.kind()) {
            case BAD_INPUT -> Condition.BAD_REQUEST;
            case NOT_FOUND -> Condition.ITEM_NOT_FOUND;
            case CONFLICT -> Condition.CONFLICT;
            case FORBIDDEN -> Condition.FORBIDDEN;
            case UNAVAILABLE -> Condition.RESOURCE_CONSTRAINT;
        };
        String prefix = e.kind() == Kind.BAD_INPUT ? "bad-payload: " : "";
        return new StanzaException(condition, Forms.clean(prefix + e.getMessage()));
    }
}
