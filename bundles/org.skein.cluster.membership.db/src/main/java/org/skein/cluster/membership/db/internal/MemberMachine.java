package org.skein.cluster.membership.db.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a node decides about who is in the cluster: one state machine, in one thread, without clock, threads, network
 * or database of its own. What comes in are the calls below, each with the monotonic time; what goes out are
 * {@link Effects}. At most one database operation is under way.
 *
 * <h2>Phases and what leads from one to the next</h2>
 * <pre>
 * ASKING    nothing is known of the database in this life.
 *   -&gt; NAMED_BY_OTHER  an answer shows a row of the own name that another incarnation wrote a moment ago
 *   -&gt; LINKING         an answer shows none, an own one, or one that nobody writes any more (it is replaced)
 * NAMED_BY_OTHER  the row is watched; told as refused once it is seen to be refreshed (CLUSTER 9).
 *   -&gt; LINKING         nobody has written the row for the silence allowed (1.5 s if it is of this installation)
 * LINKING   the own row is written each second; others learn from it whom to link with.
 *   -&gt; NAMED_BY_OTHER  somebody else has the row now
 *   -&gt; ENTERING        compare-and-set started, for one of
 *                      - the view is empty or all its members are gone: a view of this node alone
 *                      - linked with all members, which for 1 s have echoed a view without those this node never saw
 *                        leave (CLUSTER 5; the old life of its own name may be among them): the view with it added
 * ENTERING  -&gt; LINKING it was not applied, or no answer came; the next answer tells what is true
 *   -&gt; SETTLING        the stored view has this node: {@code decided}
 * SETTLING  in the view, but nodes that left it a moment before, or from which it was taken over, may still serve
 *   -&gt; MEMBER          their time is over, at once if there are none: {@code installed}
 * MEMBER    each newer view is told as decided at once, and as installed when those who left it no longer serve: each is
 *           proven dead, has left by itself, or all present members echo the view and 1 s has passed.
 *           Serves while it has the permit.
 * SETTLING, MEMBER
 *   -&gt; ASKING          the stored view is without this node, or nothing permitted serving for 30 s while others were in
 *                      the view: permit gone, {@code excluded}, {@code reborn} with another incarnation; enters the view
 *                      again with a back-off that grows with each exclusion
 * any -&gt; LEAVING      {@code leave}: permit gone at once; view without this node, row deleted
 * LEAVING   -&gt; LEFT    done, or 2 s are over
 * </pre>
 * A stored epoch lower than one known <em>freezes</em> SETTLING and MEMBER: nothing is admitted or proposed until it is no
 * longer lower. Without a database everything stays as it is, but for the permit.
 *
 * <h2>Permit</h2>
 * One second from when the question was sent that was answered by the database with "in the view", or with the same epoch by
 * every other member. The latter counts for {@code grace} after the own row was last written: then a newcomer that sees
 * nobody may take over. A member alone in the view needs the database's word: it has no link that would tell it of a
 * take-over. While the database provably answers nobody (connection refused, without a gap since the own row was fresh),
 * the view cannot change, and that counts as its word for the one alone, and beyond {@code grace} for several.
 *
 * <h2>Exclusion, by members</h2>
 * Proven dead: at once. Silent with a stale row: at once. Silent with a fresh row: what remains is the largest set of members
 * all linked with each other as their rows say; proposed at once by its members, after 10 s more by the others for
 * theirs. Who was not yet echoed by all members of one of its views ("settled") is careful: some may have an older view
 * without it, and would not miss its echo. It excludes the dead, and as many as a newcomer might take over from (one that is
 * silent and stale, or several after {@code grace}).
 */
final class MemberMachine {
    /** See above. */
    enum Phase {
        ASKING,
        NAMED_BY_OTHER,
        LINKING,
        ENTERING,
        SETTLING,
        MEMBER,
        LEAVING,
        LEFT
    }

    /**
     * Where a node begins to look, before it enters: the epoch in which somebody is known to be missing, or the first one
     * seen, since in that somebody may be missing.
     */
    private record Base(long epoch, long at, long ageMs) {}

    private record Request(NodeState state, CompletableFuture<Void> done) {}

    /** Stands for all that left the view before this node came. */
    private static final NodeId EARLIER = new NodeId("", 1);

    static final View NO_VIEW = new View(0, 1, List.of());

    private static final Logger LOG = LoggerFactory.getLogger(MemberMachine.class);
    private static final long NEVER = Long.MIN_VALUE;
    private static final long GIVE_UP = 30 * Timing.SECOND;
    private static final long LEAVE_AT_MOST = 1_900 * Timing.MS;
    private static final long SWEEP_EVERY = 60 * Timing.SECOND;
    private static final long SWEEP_AFTER = 3_600 * Timing.SECOND;
    private static final long TELL_EVERY = 30 * Timing.SECOND;
    private static final long KNOWN_FOR = 10 * Timing.SECOND;
    private static final int MOST_PEERS = 500;

    private final LocalNode local;
    private final Timing timing;
    private final Rules rules;
    private final LongSupplier incarnations;
    private final Supplier<Set<String>> fingerprints;
    private final Endpoint.Versions versions;
    private final Effects effects;
    private final RowBook book = new RowBook();
    private final LinkBook links;
    private final Absence absence;

    private NodeId self;
    private final Set<NodeId> earlierLives = new HashSet<>();
    private Phase phase = Phase.ASKING;
    private long phaseSince;
    private boolean refusedForGood;

    private StoredView stored; // null: not known yet
    private final Map<NodeId, StoredView.Address> addresses = new HashMap<>();
    private final Map<NodeId, Peer> lastPeers = new HashMap<>();
    private Set<Peer> toldPeers = Set.of();
    private long newest;
    private boolean frozen;
    private View admitted = NO_VIEW;
    private Set<NodeId> others = Set.of(); // in the view admitted
    private View told = NO_VIEW;
    private boolean settled;
    private Base base; // null: no view was seen in this life
    private long baseEchoedAt = NEVER; // when all members were seen to be there
    private final Leavers leavers = new Leavers();

    private long confirmedAt = NEVER;
    private long downAt = NEVER;
    private long wroteAt = NEVER;
    private boolean serves;
    private long servedAt;

    private Operation underWay;
    private long asked;
    private long askedAt = NEVER;
    private long readAt = NEVER; // when the newest snapshot was asked for
    private long answeredAt;
    private boolean answers = true;
    private long retryAt;
    private boolean mustRead = true;
    private boolean lookNow;
    private boolean rowIsDue = true;
    private long rowAt = NEVER;
    private OwnRow.Replaced replaces;
    private long sweptAt;
    private Set<NodeId> heard = Set.of();

    private long doubtfulEntry; // epoch of an entry that nobody answered; 0: none
    private int exclusions;
    private long mayEnterAt;
    private long memberSince;
    private long toldTroubleAt = NEVER;

    private final Deque<Request> requests = new ArrayDeque<>();
    private CompletableFuture<Void> leaving;
    private long leaveBy;

    MemberMachine(
            LocalNode local,
            Timing timing,
            Rules rules,
            LongSupplier incarnations,
            Function<NodeId, LinkState> links,
            LongSupplier linksAwakeSince,
            Supplier<Set<String>> fingerprints,
            Endpoint.Versions versions,
            Effects effects,
            long now) {
        this.local = local;
        this.timing = timing;
        this.rules = rules;
        this.incarnations = incarnations;
        this.fingerprints = fingerprints;
        this.versions = versions;
        this.effects = effects;
        this.links = new LinkBook(links, linksAwakeSince, timing, now);
        absence = new Absence(book, this.links, timing, rules, addresses, earlierLives);
        self = local.id();
        phaseSince = now;
        answeredAt = now;
        retryAt = now;
        mayEnterAt = now;
        servedAt = now;
        sweptAt = now;
    }

    NodeId self() {
        return self;
    }

    Phase phase() {
        return phase;
    }

    View told() {
        return told;
    }

    RowBook book() {
        return book;
    }

    // ---- what comes in

    /** To be called every {@link Timing#tick}. */
    void tick(long now) {
        links.ran(now);
        advance(now);
    }

    /** Something about a link changed. */
    void linkChanged(long now) {
        links.checkGap(now);
        advance(now);
    }

    /** The certificates changed. */
    void fingerprintsChanged(long now) {
        rowIsDue = true;
        advance(now);
    }

    void state(NodeState state, CompletableFuture<Void> done, long now) {
        if (!isMember()) {
            effects.complete(done, "not a member");
            return;
        }
        requests.add(new Request(state, done));
        answerRequests();
        advance(now);
    }

    void leave(CompletableFuture<Void> done, long now) {
        if (phase == Phase.LEFT) {
            effects.complete(done, null);
            return;
        }
        if (leaving != null) {
            leaving.whenComplete((v, e) -> done.complete(null));
            return;
        }
        LOG.info("what=cluster_leaving node={} epoch={}", self, admitted.epoch());
        leaving = done;
        leaveBy = now + LEAVE_AT_MOST;
        stopServing();
        go(Phase.LEAVING, now);
        failRequests("the node leaves");
        mustRead = stored == null;
        advance(now);
    }

    /** The answer to the operation of this number; that of another one is too late and ignored. */
    void answered(long number, Answer answer, long now) {
        if (number != asked || underWay == null) return;
        links.checkGap(now);
        Operation operation = underWay;
        underWay = null;
        if (answer instanceof Answer.Failed failed) {
            failed(operation, failed, now);
        } else {
            answeredAt = now;
            if (!answers) {
                answers = true;
                LOG.info("what=cluster_database_answers node={}", self);
                effects.database(true);
            }
            if (answer instanceof Answer.Snapshot snapshot) read((Operation.Exchange) operation, snapshot, now);
            else if (answer instanceof Answer.Changed changed) changed((Operation.Change) operation, changed, now);
            else if (phase == Phase.LEAVING && operation instanceof Operation.Forget) left(now);
        }
        advance(now);
    }

    // ---- what the database says

    private void failed(Operation operation, Answer.Failed failed, long now) {
        book.interrupted();
        mustRead = true;
        retryAt = now + 200 * Timing.MS;
        if (failed.refused() && isDownForAll()) downAt = askedAt;
        if (operation instanceof Operation.Change change && phase == Phase.ENTERING) {
            doubtfulEntry = change.to().view().epoch();
            go(Phase.LINKING, now);
        }
        LOG.debug(
                "what=cluster_database_failed node={} operation={} reason=\"{}\"",
                self,
                nameOf(operation),
                failed.reason());
    }

    /**
     * Whether nobody can have changed the view since this node was last sure of it: when the database began to refuse, its
     * row was too fresh for that, and it has refused without a gap since.
     */
    private boolean isDownForAll() {
        if (downAt != NEVER && askedAt - downAt <= timing.permit()) return true;
        long safe = others.isEmpty() ? timing.silence() - timing.tick() : timing.grace();
        return wroteAt != NEVER && askedAt - wroteAt < safe;
    }

    private void watchDatabase(long now) {
        if (!answers || now - answeredAt < timing.silence() || links.sinceGap(now) < timing.silence()) return;
        answers = false;
        LOG.warn(
                "what=cluster_database_silent node={} phase={} ms={} effect=\"the view stays as it is; members serve by"
                        + " their links\"",
                self,
                phase,
                (now - answeredAt) / Timing.MS);
        effects.database(false);
    }

    private static String nameOf(Operation operation) {
        return operation.getClass().getSimpleName();
    }

    private void read(Operation.Exchange exchange, Answer.Snapshot snapshot, long now) {
        readAt = askedAt;
        mustRead = false;
        book.read(snapshot.rows(), askedAt);
        if (exchange.write() != null && snapshot.rowIsOurs()) {
            wroteAt = askedAt;
            effects.published(exchange.write().fingerprints());
        }
        learn(snapshot.stored(), now);
        if (!isMember() && phase != Phase.LEAVING) name(snapshot, now);
        tellPeers(now);
    }

    private void changed(Operation.Change change, Answer.Changed answer, long now) {
        if (answer.applied()) {
            learn(change.to(), now);
            if (phase == Phase.LEAVING && change.deletesRow()) left(now);
            return;
        }
        LOG.debug(
                "what=cluster_view_overtaken node={} epoch={}",
                self,
                change.to().view().epoch());
        if (phase == Phase.ENTERING) go(Phase.LINKING, now);
        mustRead = true;
        lookNow = true;
    }

    /** A view the database had when it was asked last. */
    private void learn(StoredView now, long nanos) {
        long epoch = now.view().epoch();
        if (!rules.isUsable(epoch, newest)) {
            if (!frozen) {
                frozen = true;
                LOG.error(
                        "what=cluster_frozen node={} epoch={} stored={} reason=\"the database has an older view than was"
                                + " installed: was it restored from a backup?\" do=\"UPDATE cluster_view SET epoch = {}"
                                + " WHERE id = 1\"",
                        self,
                        newest,
                        epoch,
                        newest + 1);
            }
            return;
        }
        if (frozen) LOG.info("what=cluster_thawed node={} epoch={}", self, epoch);
        frozen = false;
        newest = Math.max(newest, epoch);
        StoredView before = stored;
        stored = now;
        addresses
                .keySet()
                .removeIf(id -> !now.view().contains(id) && !leavers.ids().contains(id));
        addresses.putAll(now.addresses());
        if (!isMember() && (base == null || mayMissSomebody(before.view(), now.view()))) {
            base = new Base(epoch, askedAt, now.ageMs());
            baseEchoedAt = NEVER;
        }
        boolean in = now.view().contains(self);
        if (isMember()) {
            if (rules.isFenced(in)) {
                exclude("it is not in the view any more", nanos);
                return;
            }
            confirmedAt = Math.max(confirmedAt, askedAt);
            if (in && epoch != admitted.epoch()) admit(now, nanos);
        } else if (in && phase != Phase.LEAVING) {
            confirmedAt = askedAt;
            enter(before, now, nanos);
        } else if (doubtfulEntry != 0 && epoch >= doubtfulEntry && phase != Phase.LEAVING) {
            // Another's change came first, or it was in and is out again; an incarnation never comes back.
            if (epoch > doubtfulEntry) exclude("it may have been in the view without knowing", nanos);
            doubtfulEntry = 0;
        }
    }

    // ---- the name

    private void name(Answer.Snapshot snapshot, long now) {
        Optional<StoredRow> found = snapshot.rows().stream()
                .filter(r -> r.name().equals(self.name()))
                .findFirst();
        replaces = null;
        if (found.isEmpty() || found.get().incarnation() == self.incarnation()) {
            named(now);
            return;
        }
        StoredRow row = found.get();
        OwnRow.Replaced it = new OwnRow.Replaced(row.incarnation(), row.beat());
        if (row.nonsense().isPresent() || earlierLives.contains(row.id())) {
            replaces = it;
            named(now);
            return;
        }
        boolean sameInstallation = row.host().equals(local.host())
                && row.port() == local.port()
                && fingerprints.get().contains(row.fingerprint());
        long wait = sameInstallation ? Math.min(timing.stale(), timing.row() * 3 / 2) : timing.silence();
        if (book.quietFor(self.name()) >= wait) {
            replaces = it;
            named(now);
            return;
        }
        if (phase != Phase.NAMED_BY_OTHER) go(Phase.NAMED_BY_OTHER, now);
        if (book.sawItChange(self.name()) && mayTell(now)) {
            String reason = "another node runs under the name " + self.name() + " (" + row.id() + " at " + row.host()
                    + ':' + row.port() + "): stop it, or set another --cluster-hostname";
            LOG.error("what=cluster_refused node={} reason=\"{}\"", self, reason);
            effects.refused(reason, false);
        }
    }

    private void named(long now) {
        if (phase == Phase.ASKING || phase == Phase.NAMED_BY_OTHER) {
            go(Phase.LINKING, now);
            rowIsDue = true;
        }
    }

    private boolean mayTell(long now) {
        if (toldTroubleAt != NEVER && now - toldTroubleAt < TELL_EVERY) return false;
        toldTroubleAt = now;
        return true;
    }

    // ---- the view

    private void enter(StoredView before, StoredView now, long nanos) {
        long epoch = now.view().epoch();
        settled = false;
        doubtfulEntry = 0;
        leavers.clear();
        boolean alone = othersIn(now.view()).isEmpty();
        leavers.add(
                EARLIER,
                base.epoch(),
                alone || baseEchoedAt != NEVER,
                alone ? base.at() : baseEchoedAt,
                alone && base.ageMs() >= timing.permit() / Timing.MS);
        Set<NodeId> out =
                before == null ? new HashSet<>() : new HashSet<>(before.view().ids());
        out.removeAll(now.view().ids());
        out.removeAll(earlierLives);
        for (NodeId id : out) {
            StoredRow row = book.row(id.name());
            boolean longGone = row != null
                    && row.incarnation() == id.incarnation()
                    && book.quietFor(id.name()) > timing.grace() + 2 * timing.permit();
            leavers.add(id, epoch, false, nanos, longGone);
        }
        go(Phase.SETTLING, nanos);
        admit(now, nanos);
    }

    private void admit(StoredView now, long nanos) {
        View next = now.view();
        for (NodeId id : admitted.ids()) {
            if (id.equals(self) || next.contains(id)) continue;
            boolean byItself = now.changedBy().equals(id.toString()) && next.epoch() == admitted.epoch() + 1;
            leavers.add(id, next.epoch(), settled, nanos, byItself);
        }
        if (admitted.contains(self) && mayHideSomebody(admitted, next)) {
            leavers.add(new NodeId("", next.epoch()), next.epoch(), settled, nanos, false);
        }
        LOG.debug(
                "what=cluster_view_admitted node={} epoch={} level={} members={} changed_by={}",
                self,
                next.epoch(),
                next.level(),
                next.members(),
                now.changedBy());
        admitted = next;
        others = Set.copyOf(othersIn(next));
        links.expect(others, nanos);
        effects.decided(next);
        tellPeers(nanos);
        tellView(nanos);
        answerRequests();
    }

    /** Those for what is so already. */
    private void answerRequests() {
        NodeState state = admitted.member(self).map(Member::state).orElse(null);
        while (!requests.isEmpty() && requests.peek().state() == state) {
            effects.complete(requests.poll().done(), null);
        }
    }

    private static boolean mayMissSomebody(View before, View now) {
        return !now.ids().containsAll(before.ids()) || mayHideSomebody(before, now);
    }

    /** Whether there may have been views between the two with a member that neither has. */
    private static boolean mayHideSomebody(View before, View now) {
        long changes = before.level() == now.level() ? 0 : 1;
        for (Member m : now.members()) {
            NodeState was = before.member(m.id()).map(Member::state).orElse(null);
            if (was == null) changes += m.state() == NodeState.JOINING ? 1 : 2;
            else if (was != m.state()) changes++;
        }
        if (!now.ids().containsAll(before.ids())) changes++;
        return now.epoch() - before.epoch() > changes;
    }

    private Set<NodeId> othersIn(View view) {
        Set<NodeId> others = new TreeSet<>(view.ids());
        others.remove(self);
        return others;
    }

    private boolean isMember() {
        return phase == Phase.SETTLING || phase == Phase.MEMBER;
    }

    private boolean hasInstalled(NodeId other, long epoch) {
        return links.link(other).echoedEpoch() >= epoch;
    }

    private void tellView(long now) {
        if (!isMember() || told.epoch() == admitted.epoch()) return;
        leavers.look(others, this::hasInstalled, absence::isProvenDead, rules.permitWait(timing.permit()), now);
        if (!leavers.areFree()) return;
        leavers.clear();
        Set<NodeId> left = othersIn(told);
        left.removeAll(admitted.ids());
        Set<NodeId> joined = new TreeSet<>(others);
        joined.removeAll(told.ids());
        boolean first = phase == Phase.SETTLING;
        told = admitted;
        effects.installed(told);
        if (first) {
            go(Phase.MEMBER, now);
            memberSince = now;
            servedAt = now;
            LOG.info(
                    "what={} node={} epoch={} members={} port={}",
                    exclusions == 0 ? "cluster_joined" : "cluster_rejoined",
                    self,
                    told.epoch(),
                    told.ids(),
                    local.port());
        } else if (!left.isEmpty() || !joined.isEmpty()) {
            LOG.info(
                    "what=cluster_view node={} epoch={} members={} left={} joined={}",
                    self,
                    told.epoch(),
                    told.ids(),
                    left,
                    joined);
        }
        permit(now);
    }

    private void exclude(String reason, long now) {
        NodeId old = self;
        long wasMember = now - memberSince;
        stopServing();
        if (phase == Phase.MEMBER && wasMember > 60 * Timing.SECOND) exclusions = 0;
        doubtfulEntry = 0;
        long pause = exclusions == 0 ? 0 : Math.min(30, 1L << Math.min(exclusions - 1, 5)) * Timing.SECOND;
        exclusions++;
        mayEnterAt = now + pause;
        earlierLives.add(old);
        self = new NodeId(old.name(), incarnations.getAsLong());
        admitted = NO_VIEW;
        others = Set.of();
        told = NO_VIEW;
        settled = false;
        base = null;
        leavers.clear();
        confirmedAt = NEVER;
        downAt = NEVER;
        wroteAt = NEVER;
        links.expect(Set.of(), now);
        failRequests("excluded from the view");
        LOG.warn(
                "what=cluster_excluded node={} reason=\"{}\" next={} pause_ms={} effect=\"its clients connect anew, it rejoins"
                        + " by itself\"",
                old,
                reason,
                self,
                pause / Timing.MS);
        go(Phase.ASKING, now);
        mustRead = true;
        lookNow = true;
        effects.excluded();
        effects.self(self);
        effects.reborn(self);
    }

    private void failRequests(String why) {
        for (Request r : requests) effects.complete(r.done(), why);
        requests.clear();
    }

    private void left(long now) {
        go(Phase.LEFT, now);
        admitted = NO_VIEW;
        others = Set.of();
        LOG.info("what=cluster_left node={}", self);
        effects.complete(leaving, null);
    }

    private void go(Phase next, long now) {
        if (phase == next) return;
        LOG.debug(
                "what=cluster_phase node={} phase={} before={} after_ms={}",
                self,
                next,
                phase,
                (now - phaseSince) / Timing.MS);
        phase = next;
        phaseSince = now;
    }

    // ---- permit

    private void stopServing() {
        effects.noPermit();
        if (serves) {
            serves = false;
            effects.serving(false);
        }
    }

    private void permit(long now) {
        if (phase != Phase.MEMBER) return;
        long from = confirmedAt;
        if (others.isEmpty()) {
            from = Math.max(from, downAt);
        } else if (now - wroteAt < timing.grace() || downAt != NEVER && now - downAt < timing.permit()) {
            long echoed = Long.MAX_VALUE;
            for (NodeId id : others) {
                LinkState link = links.link(id);
                boolean counts = link.echoedNanos() != 0 && rules.echoCounts(link.echoedEpoch(), admitted.epoch());
                echoed = Math.min(echoed, counts ? link.echoedNanos() : NEVER);
            }
            from = Math.max(from, echoed);
        }
        boolean may = from != NEVER && from + timing.permit() - now > 0;
        if (may) {
            effects.permit(self, from + timing.permit());
            servedAt = now;
        }
        if (may != serves) {
            serves = may;
            if (may) LOG.info("what=cluster_serving node={} epoch={}", self, admitted.epoch());
            else {
                LOG.warn(
                        "what=cluster_permit_lapsed node={} epoch={} reason=\"neither the database nor all members have"
                                + " answered for {} ms\" effect=\"clients wait\"",
                        self,
                        admitted.epoch(),
                        timing.permit() / Timing.MS);
            }
            effects.serving(may);
        }
        if (!may && !others.isEmpty() && now - servedAt > GIVE_UP)
            exclude("nothing permitted it to serve for 30 s", now);
    }

    // ---- each step

    private void advance(long now) {
        if (phase == Phase.LEFT) return;
        if (phase == Phase.LEAVING && now - leaveBy >= 0) {
            LOG.warn("what=cluster_leave_unconfirmed node={} effect=\"the others find out by themselves\"", self);
            left(now);
            return;
        }
        watchDatabase(now);
        watchLinks(now);
        if (isMember() && !settled) {
            settled = others.stream().allMatch(o -> hasInstalled(o, admitted.epoch()));
        }
        if (!isMember() && base != null && baseEchoedAt == NEVER) {
            boolean all = othersIn(stored.view()).stream().allMatch(o -> hasInstalled(o, base.epoch()));
            if (all) baseEchoedAt = now;
        }
        tellView(now);
        permit(now);
        if (phase == Phase.LINKING) tellTrouble(now);
        if (underWay == null && now - retryAt >= 0) next(now).ifPresent(o -> ask(o, now));
    }

    private void watchLinks(long now) {
        Set<NodeId> good = new HashSet<>();
        for (Peer p : toldPeers) {
            if (links.isGood(p.id(), now)) good.add(p.id());
        }
        if (!good.equals(heard)) {
            heard = good;
            rowIsDue = true;
        }
        if (!isMember()) return;
        for (NodeId id : others) {
            if (links.link(id).echoedEpoch() > newest) lookNow = true;
        }
    }

    private void ask(Operation operation, long now) {
        underWay = operation;
        askedAt = now;
        asked++;
        if (operation instanceof Operation.Exchange exchange) {
            lookNow = false;
            if (exchange.write() != null) {
                rowAt = now;
                rowIsDue = false;
            }
        } else if (operation instanceof Operation.Change change) {
            LOG.debug(
                    "what=cluster_view_proposed node={} epoch={} members={}",
                    self,
                    change.to().view().epoch(),
                    change.to().view().members());
            if (phase == Phase.LINKING) go(Phase.ENTERING, now);
        }
        effects.ask(operation, asked);
    }

    /** The operation to start now. */
    private Optional<Operation> next(long now) {
        if (!mustRead && !frozen) {
            Optional<Operation> change = proposal(now);
            if (change.isPresent()) return change;
        }
        long since = askedAt == NEVER ? Long.MAX_VALUE : now - askedAt;
        boolean writes = phase == Phase.LINKING || phase == Phase.ENTERING || isMember();
        boolean writeNow = writes
                && (rowAt == NEVER || now - rowAt >= timing.row() || rowIsDue && now - rowAt >= 2 * timing.tick());
        long every = isAnyoneDoubtful(now) ? timing.read() / 2 : timing.read();
        if (mustRead || lookNow && since >= timing.tick() / 2 || writeNow || since >= every) {
            return Optional.of(new Operation.Exchange(writeNow ? ownRow() : null));
        }
        return phase == Phase.MEMBER ? sweep(now) : Optional.empty();
    }

    private boolean isAnyoneDoubtful(long now) {
        return phase != Phase.MEMBER
                || others.stream().anyMatch(o -> !links.isLinked(o) || links.silentFor(o, now) > timing.row());
    }

    private OwnRow ownRow() {
        String state = admitted.member(self)
                .map(m -> m.state().name().toLowerCase(Locale.ROOT))
                .orElse("outside");
        return new OwnRow(
                self,
                local.host(),
                local.port(),
                local.clientAddress(),
                fingerprints.get(),
                versions,
                local.level(),
                local.version(),
                state,
                heard.stream()
                        .map(id -> Long.toString(id.incarnation(), 36))
                        .collect(Collectors.toCollection(TreeSet::new)),
                local.figures().get(),
                replaces);
    }

    private Optional<Operation> sweep(long now) {
        if (now - sweptAt < SWEEP_EVERY) return Optional.empty();
        sweptAt = now;
        List<StoredRow> old = book.abandoned(SWEEP_AFTER, 30 * Timing.SECOND)
                .filter(r -> stored.view().member(r.name()).isEmpty())
                .limit(200)
                .toList();
        return old.isEmpty() ? Optional.empty() : Optional.of(new Operation.Sweep(old));
    }

    // ---- proposals

    private Optional<Operation> proposal(long now) {
        if (stored == null || now - readAt > 3 * timing.read()) return Optional.empty();
        View view = stored.view();
        if (phase == Phase.LEAVING) {
            if (!view.contains(self)) return Optional.of(new Operation.Forget(self));
            return Optional.of(new Operation.Change(without(view, Set.of(self)), self, true));
        }
        if (phase == Phase.LINKING) return entry(now).map(v -> new Operation.Change(v, self, false));
        if (!isMember() || !view.contains(self) || view.epoch() != admitted.epoch()) return Optional.empty();
        return exclusion(now).or(this::ownState).or(this::raisedLevel).map(v -> new Operation.Change(v, self, false));
    }

    private Optional<StoredView> exclusion(long now) {
        Set<NodeId> out = absence.toExclude(self, others, settled, o -> hasInstalled(o, admitted.epoch()), now);
        if (out.isEmpty()) return Optional.empty();
        LOG.info("what=cluster_excluding node={} epoch={} out={}", self, admitted.epoch() + 1, out);
        return Optional.of(without(stored.view(), out));
    }

    private Optional<StoredView> ownState() {
        Request request = requests.peek();
        if (request == null) return Optional.empty();
        List<Member> members = stored.view().members().stream()
                .map(m -> m.id().equals(self) ? new Member(self, request.state(), m.level()) : m)
                .toList();
        return Optional.of(following(members, stored.view().level()));
    }

    private Optional<StoredView> raisedLevel() {
        View view = stored.view();
        int can = view.members().stream().mapToInt(Member::level).min().orElse(view.level());
        boolean mine = view.members().get(0).id().equals(self);
        return can > view.level() && mine ? Optional.of(following(view.members(), can)) : Optional.empty();
    }

    private StoredView without(View view, Set<NodeId> out) {
        return following(
                view.members().stream().filter(m -> !out.contains(m.id())).toList(), view.level());
    }

    private StoredView following(List<Member> members, int level) {
        View next = new View(stored.view().epoch() + 1, level, members);
        Map<NodeId, StoredView.Address> where = new LinkedHashMap<>();
        for (NodeId id : next.ids()) {
            StoredView.Address known = stored.addresses().get(id);
            if (id.equals(self)) known = new StoredView.Address(local.host(), local.port());
            where.put(id, known == null ? new StoredView.Address("", 0) : known);
        }
        return new StoredView(next, self.toString(), 0, where);
    }

    // ---- joining

    private Optional<StoredView> entry(long now) {
        StoredRow row = book.row(self.name());
        boolean rowStands = row != null && row.incarnation() == self.incarnation();
        if (!rowStands || now - mayEnterAt < 0 || refusedForGood) return Optional.empty();
        View view = stored.view();
        Member me = new Member(self, NodeState.JOINING, local.level());
        if (absence.areAllGone(view.ids(), self, now)) return Optional.of(following(List.of(me), local.level()));
        if (local.level() < view.level()) {
            refusedForGood = true;
            String reason = "the cluster speaks protocol level " + view.level() + " and this node only " + local.level()
                    + ": upgrade this node";
            LOG.error("what=cluster_refused node={} reason=\"{}\"", self, reason);
            effects.refused(reason, true);
            return Optional.empty();
        }
        List<Member> members = new ArrayList<>();
        for (Member m : view.members()) {
            if (m.id().name().equals(self.name())) {
                if (!absence.isProvenDead(m.id())) return Optional.empty(); // it is for the members to exclude
            } else if (!links.isGood(m.id(), now)) {
                return Optional.empty();
            } else {
                members.add(m);
            }
        }
        // Waiting for the permits of those who left before the first look is done out here: it holds up nobody.
        if (baseEchoedAt == NEVER || now - baseEchoedAt < rules.permitWait(timing.permit())) return Optional.empty();
        members.add(me);
        return Optional.of(following(members, view.level()));
    }

    private void tellTrouble(long now) {
        if (now - phaseSince < 5 * Timing.SECOND || stored == null || !answers || !mayTell(now)) return;
        List<String> missing = new ArrayList<>();
        for (NodeId id : stored.view().ids()) {
            if (links.isGood(id, now)) continue;
            StoredView.Address at = addresses.get(id);
            missing.add(id + (at == null ? "" : " at " + at.host() + ':' + at.port()));
        }
        if (missing.isEmpty()) return;
        String reason = "not linked with " + String.join(", ", missing)
                + ": check that host names resolve and the cluster" + " ports are open both ways";
        if (!local.seeds().isEmpty()) reason += "; seeds without a row: " + unknownSeeds();
        LOG.warn("what=cluster_not_joined node={} reason=\"{}\"", self, reason);
        effects.refused(reason, false);
    }

    private List<String> unknownSeeds() {
        Set<String> known =
                book.sane().stream().map(r -> r.host() + ':' + r.port()).collect(Collectors.toSet());
        return local.seeds().stream().filter(s -> !known.contains(s)).toList();
    }

    // ---- peers

    private void tellPeers(long now) {
        Map<NodeId, Peer> peers = new LinkedHashMap<>();
        if (stored != null) {
            for (NodeId id : stored.view().ids()) peers.put(id, known(id));
        }
        for (NodeId id : leavers.ids()) {
            if (!id.name().isEmpty()) peers.put(id, known(id));
        }
        for (StoredRow row : book.sane()) {
            if (peers.size() >= MOST_PEERS) break;
            if (book.quietFor(row.name()) < KNOWN_FOR) peers.put(row.id(), row.peer());
        }
        peers.keySet().removeIf(id -> id.equals(self) || earlierLives.contains(id));
        peers.values().removeIf(p -> p.port() == 0);
        lastPeers.keySet().retainAll(peers.keySet());
        lastPeers.putAll(peers);
        Set<Peer> all = new HashSet<>(peers.values());
        if (all.equals(toldPeers)) return;
        LOG.debug("what=cluster_peers node={} peers={}", self, peers.keySet());
        toldPeers = all;
        effects.peers(List.copyOf(all));
    }

    private Peer known(NodeId id) {
        StoredRow row = book.row(id.name());
        if (row != null && row.incarnation() == id.incarnation()) return row.peer();
        StoredView.Address at = addresses.getOrDefault(id, new StoredView.Address("", 0));
        return lastPeers.getOrDefault(id, new Peer(id, at.host(), at.port(), Set.of()));
    }
}
