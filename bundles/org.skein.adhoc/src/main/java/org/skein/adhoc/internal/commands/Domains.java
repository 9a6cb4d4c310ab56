package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** Lists and counts that the database has by domain, over all domains, in their order. */
final class Domains {
    /** As {@link org.skein.api.auth.Accounts#list}. */
    interface Listing {
        CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max);
    }

    private final VirtualHosts hosts;

    Domains(VirtualHosts hosts) {
        this.hosts = hosts;
    }

    /** In the order pages go through them. */
    List<String> all() {
        return List.copyOf(new TreeSet<>(hosts.domains()));
    }

    CompletionStage<Long> sum(Function<String, CompletionStage<Long>> count) {
        return Users.told(Users.oneByOne(all(), count)
                .thenApply(counts -> counts.stream().mapToLong(Long::longValue).sum()));
    }

    /** Refuses a place that is none. */
    static void check(UserPage page) {
        after(page);
    }

    private static Optional<Jid> after(UserPage page) {
        if (page.after().isEmpty()) return Optional.empty();
        Optional<Jid> after = Jid.parse(page.after()).filter(j -> j.isBare() && j.hasLocal());
        if (after.isEmpty()) {
            throw new CommandException(
                    Kind.BAD_INPUT, "'" + page.after() + "' is no address of an account to go on after");
        }
        return after;
    }

    CompletionStage<Result> page(UserPage page, Listing listing, String var, String label) {
        Optional<Jid> after = after(page);
        List<String> left = all().stream()
                .filter(d -> after.isEmpty() || d.compareTo(after.get().domain()) >= 0)
                .toList();
        return Users.told(more(left, after, page.limit() + 1, listing, new ArrayList<>()))
                .thenApply(found -> {
                    List<String> users = found.stream()
                            .limit(page.limit())
                            .map(Jid::toString)
                            .toList();
                    return UserPage.result(var, label, users, found.size() > users.size());
                });
    }

    private static CompletionStage<List<Jid>> more(
            List<String> domains, Optional<Jid> after, int max, Listing listing, List<Jid> found) {
        if (domains.isEmpty() || found.size() >= max) return CompletableFuture.completedFuture(found);
        String domain = domains.get(0);
        Optional<Jid> within = after.filter(j -> j.domain().equals(domain));
        return listing.list(domain, within, max - found.size()).thenCompose(some -> {
            found.addAll(some);
            return more(domains.subList(1, domains.size()), after, max, listing, found);
        });
    }
}
