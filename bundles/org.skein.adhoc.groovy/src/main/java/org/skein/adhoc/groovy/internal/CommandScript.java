package org.skein.adhoc.groovy.internal;

import groovy.lang.Binding;
import groovy.lang.Script;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.Router;
import org.skein.api.session.Sessions;
import org.slf4j.Logger;

/** What every script is and can call; docs/commands.md tells of it. Public for the classes Groovy makes. */
public abstract class CommandScript extends Script {
    private Action.Call asked;
    private ServiceLookup lookup;
    private Logger logger;

    protected CommandScript() {}

    protected CommandScript(Binding binding) {
        super(binding);
    }

    final void surroundings(Action.Call call, ServiceLookup services, Logger log) {
        asked = call;
        lookup = services;
        logger = log;
    }

    public final Action.Call getCall() {
        return asked;
    }

    public final Logger getLog() {
        return logger;
    }

    public final Sessions getSessions() {
        return service(Sessions.class);
    }

    public final Accounts getAccounts() {
        return service(Accounts.class);
    }

    public final Router getRouter() {
        return service(Router.class);
    }

    /** A service of this node. */
    public final <T> T service(Class<T> type) {
        return type.cast(lookup.one(type.getName()));
    }

    /** The same for a type the script does not see. */
    public final Object service(String type) {
        return lookup.one(type);
    }

    public final List<Object> services(Class<?> type) {
        return lookup.all(type.getName());
    }

    public final List<Object> services(String type) {
        return lookup.all(type);
    }

    /** Waits for an answer that comes later. */
    public final <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        }
    }

    /** Groovy's own goes on sleeping when it is interrupted. */
    public final void sleep(long ms) throws InterruptedException {
        Thread.sleep(ms);
    }

    /** Ends the script; who asked reads the text. */
    public final void fail(String text) {
        throw new CommandException(Kind.CONFLICT, text);
    }

    /** The same; with scope {@code node-of-user} it counts only if no other node did it. */
    public final void notFound(String text) {
        throw new CommandException(Kind.NOT_FOUND, text);
    }
}
