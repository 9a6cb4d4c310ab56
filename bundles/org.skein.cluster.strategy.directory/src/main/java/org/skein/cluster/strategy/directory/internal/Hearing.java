package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** Takes in what other directories say. */
final class Hearing {
    private final Participant self;
    private final Members members;
    private final Share share;
    private final LookUps lookUps;

    Hearing(Participant self, Members members, Share share, LookUps lookUps) {
        this.self = self;
        this.members = members;
        this.share = share;
        this.lookUps = lookUps;
    }

    /** @throws IllegalArgumentException if it is no request; nothing has changed then */
    CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        Frames.Request request = Frames.request(bytes);
        Participant sender = new Participant(from, request.life());
        if (request.body() instanceof Frames.Placed p && !p.placement().includes(sender)) {
            throw new IllegalArgumentException("placed without itself");
        }
        Optional<Peer> peer = members.peer(from);
        if (peer.isEmpty()) return now(Frames.stranger(self.life()));
        List<Runnable> after = new ArrayList<>(List.of(members::check));
        CompletionStage<byte[]> answer;
        synchronized (peer.get().hearing) {
            answer = heard(peer.get(), request, after);
        }
        after.forEach(Runnable::run);
        return answer;
    }

    private static CompletionStage<byte[]> now(byte[] answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private CompletionStage<byte[]> heard(Peer peer, Frames.Request request, List<Runnable> after) {
        if (request.body() instanceof Frames.Placed p) {
            return now(placed(peer, request.life(), p.placement(), after));
        }
        Link link = peer.link;
        Optional<Placement> theirs = link.placement();
        if (link.life() != request.life() || theirs.isEmpty()) return now(Frames.stranger(self.life()));
        if (request.body() instanceof Frames.Tell tell) return told(link, tell);
        if (request.body() instanceof Frames.Changes changes) {
            changes.changes().forEach(change -> lookUps.changed(link, change));
            return now(Frames.done(self.life()));
        }
        Frames.Ask ask = (Frames.Ask) request.body();
        boolean isMeant = theirs.get().hash() == ask.placement();
        return now(isMeant ? asked(link.id, ask.accounts()) : Frames.refused(self.life()));
    }

    private byte[] placed(Peer peer, long life, Placement theirs, List<Runnable> after) {
        if (members.isOver(peer, life)) return Frames.stranger(self.life());
        if (peer.link.isRunning() && peer.link.life() != life) after.add(members.over(peer, peer.link));
        Link link = peer.link;
        Optional<Placement> before = link.placement();
        // It may have begun after it was told; nothing may be said to it before this.
        if (before.isEmpty()) link.place(members.placement());
        members.placed(peer, life, theirs);
        if (!theirs.equals(before.orElse(null))) {
            // What it told while it did not mean this life was for another.
            if (before.filter(p -> p.includes(self)).isEmpty()) share.remove(peer.id);
            else share.retain(peer.id, account -> theirs.seats(self, account));
        }
        return Frames.done(self.life());
    }

    private CompletionStage<byte[]> told(Link link, Frames.Tell tell) {
        tell.forgotten().forEach(account -> share.forget(account, link.id));
        tell.gone().forEach(account -> share.drop(account, link.id));
        CompletableFuture<?>[] known = tell.held().stream()
                .map(account -> share.hold(account, link.id).toCompletableFuture())
                .filter(f -> !f.isDone() || f.isCompletedExceptionally())
                .toArray(CompletableFuture[]::new);
        if (tell.complete() != 0) members.complete(link, tell.complete());
        return CompletableFuture.allOf(known).thenCombine(members.forgotten(), (x, y) -> Frames.done(self.life()));
    }

    /**
     * Entries are read before the standing: what was void by then is seen to be unknown. Who may cache is remembered in
     * one with the entry; so what is told here later is told to it.
     */
    private byte[] asked(NodeId asker, List<Jid> accounts) {
        Standing before = members.standing();
        if (!before.agrees(asker)) return Frames.refused(self.life());
        boolean mayCache = before.unknownTo(asker).isEmpty();
        List<Frames.Found> found = new ArrayList<>(accounts.size());
        for (Jid account : accounts) {
            Share.Entry entry = share.ask(account, asker, mayCache);
            found.add(new Frames.Found(entry.version(), entry.holders().ids));
        }
        Standing after = members.standing();
        boolean stillAgrees = after.agrees(asker) && after.placement() == before.placement();
        TreeSet<NodeId> unknown = new TreeSet<>(before.unknownTo(asker));
        unknown.addAll(after.unknownTo(asker));
        if (mayCache && (!stillAgrees || !unknown.isEmpty())) accounts.forEach(a -> share.forget(a, asker));
        return stillAgrees ? Frames.found(self.life(), List.copyOf(unknown), found) : Frames.refused(self.life());
    }
}
