package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.api.auth.AccountException;
import org.skein.api.auth.Accounts;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.VirtualHosts;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Jid;

/** The accounts commands are about: which addresses they may be, and what is said where one is not there. */
final class Users {
    private Users() {}

    /** Refuses what is no address of an account of this server. */
    static void requireAccount(VirtualHosts hosts, Jid jid) {
        requireHosted(hosts, jid);
        if (jid.isFull()) {
            throw new CommandException(Kind.BAD_INPUT, jid + " names a session; give the account, " + jid.bare());
        }
    }

    /** Refuses what is neither an account of this server nor a session of one. */
    static void requireHosted(VirtualHosts hosts, Jid jid) {
        if (!jid.hasLocal()) {
            throw new CommandException(Kind.BAD_INPUT, jid + " is no address of the form user@domain");
        }
        if (!hosts.isLocal(jid.domain())) {
            throw new CommandException(Kind.BAD_INPUT, jid.domain() + " is no domain of this server");
        }
    }

    /** Fails with {@link Kind#NOT_FOUND} where one of them, of which only the bare part counts, is not there. */
    static CompletionStage<Void> requireThere(Accounts accounts, List<Jid> jids) {
        List<Jid> bare = jids.stream().map(Jid::bare).distinct().toList();
        return oneByOne(bare, jid -> told(accounts.exists(jid))).thenAccept(there -> {
            List<String> missing = new ArrayList<>();
            for (int i = 0; i < bare.size(); i++) {
                if (!there.get(i)) missing.add(bare.get(i).toString());
            }
            if (!missing.isEmpty()) {
                throw new CommandException(Kind.NOT_FOUND, "no such account: " + String.join(", ", missing));
            }
        });
    }

    /** Does something for each, the next when the last is done; the first failure ends it. */
    static <A, B> CompletionStage<List<B>> oneByOne(List<A> all, Function<A, CompletionStage<B>> each) {
        CompletionStage<List<B>> done = CompletableFuture.completedFuture(new ArrayList<>());
        for (A one : all) {
            done = done.thenCompose(before -> each.apply(one).thenApply(result -> {
                before.add(result);
                return before;
            }));
        }
        return done;
    }

    /** The same with failures people may be told. */
    static <T> CompletionStage<T> told(CompletionStage<T> stage) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) answer.complete(value);
            else answer.completeExceptionally(told(failure));
        });
        return answer;
    }

    private static Throwable told(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof AccountException e) {
            return new CommandException(kind(e.reason()), e.getMessage());
        }
        if (cause instanceof StorageException) {
            return new CommandException(Kind.UNAVAILABLE, "the database does not answer");
        }
        return cause;
    }

    private static Kind kind(AccountException.Reason reason) {
        return switch (reason) {
            case EXISTS -> Kind.CONFLICT;
            case NOT_FOUND -> Kind.NOT_FOUND;
            case UNKNOWN_HOST, INVALID -> Kind.BAD_INPUT;
        };
    }
}
