package org.skein.cluster.strategy.online.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.cluster.strategy.online.internal.Holders.Session;
import org.skein.xmpp.Jid;

/**
 * What another node told of its sessions. From its hello on, whatever it changes arrives; a bucket is in step from the
 * moment its digest is the same as the owner's. A bucket that is not is asked for in chunks, and its owner included in
 * look-ups meanwhile; so is an owner that does not publish.
 *
 * <p>Digests are computed of what look-ups see, not kept: so they find whatever went wrong here.
 */
final class Replica {
    private static final BitSet ALL = new BitSet(Buckets.COUNT);

    static {
        ALL.set(0, Buckets.COUNT);
    }

    private final NodeId node;
    private final Whereabouts whereabouts;
    private final LongAdder repaired;

    // Written with the lock of this.
    private final List<List<String>> accounts = new ArrayList<>(Buckets.COUNT); // that the node holds, by bucket
    private final SharedBytes shared = new SharedBytes();
    private final BitSet open = new BitSet(Buckets.COUNT); // not in step
    private final BitSet inVain = new BitSet(); // told in full and still different: until the next digest
    private final BitSet repairs = new BitSet(); // had been in step
    private int cursorBucket;
    private Optional<Jid> cursor = Optional.empty();
    private boolean published; // what it tells counts
    private volatile long refused; // a run that nothing is taken of
    private boolean closed;
    private volatile long run; // of the owner; 0 while not attached

    /** @param published whether the node's sessions are published to this strategy */
    Replica(NodeId node, boolean published, Whereabouts whereabouts, LongAdder repaired) {
        this.node = node;
        this.published = published;
        this.whereabouts = whereabouts;
        this.repaired = repaired;
        for (int b = 0; b < Buckets.COUNT; b++) accounts.add(new ArrayList<>(0));
        detach();
    }

    /** The owner's run that needs not say hello: it is heard, or nothing is taken of it. 0 for none. */
    long hears() {
        long heard = run;
        return heard != 0 ? heard : refused;
    }

    synchronized boolean inStep() {
        return run != 0 && open.isEmpty();
    }

    /** @param self this node's run */
    synchronized Answer hello(Hello hello, long self) {
        check();
        if (hello.run() == refused) return Answer.of(Answer.Kind.NOT_NOW, self);
        refused = 0;
        run = hello.run();
        cursor = Optional.empty();
        open.clear();
        inVain.clear();
        repairs.clear();
        long[] theirs = hello.digests().values();
        for (int b = 0; b < Buckets.COUNT; b++) {
            if (digest(b) != theirs[b]) open.set(b);
        }
        tellGap();
        return answer(self);
    }

    synchronized Answer update(Update update, long self) {
        check();
        if (update.run() == refused) return Answer.of(Answer.Kind.NOT_NOW, self);
        if (update.run() != run || update.to() != self) return Answer.of(Answer.Kind.HELLO_FIRST, self);
        update.changes().forEach(this::apply);
        BitSet before = (BitSet) open.clone();
        update.chunks().forEach(this::apply);
        compare(update.digests());
        if (published && !open.equals(before)) tellGap();
        return answer(self);
    }

    private void check() {
        if (closed) throw new IllegalStateException(node + " is no member");
    }

    private void apply(Told told) {
        String account = told.session().bare().toString();
        String resource = told.session().resource();
        if (told.presence().isEmpty()) {
            remove(account, resource);
        } else {
            byte[] presence = shared.of(told.presence().get());
            if (whereabouts.put(account, new Session(node, resource, presence)))
                of(account).add(account);
        }
    }

    private void remove(String account, String resource) {
        if (whereabouts.remove(account, node, resource)) of(account).remove(account);
    }

    private List<String> of(String account) {
        return accounts.get(Buckets.of(account));
    }

    private void apply(Chunk chunk) {
        int bucket = chunk.bucket();
        boolean goesOn = chunk.after().isEmpty()
                || cursorBucket == bucket
                        && cursor.isPresent()
                        && chunk.after().get().compareTo(cursor.get()) <= 0;
        if (!goesOn) return; // the range before is not told
        removeOthers(chunk);
        chunk.sessions().forEach(this::apply);
        if (chunk.last()) {
            told(bucket, chunk.digest());
        } else {
            cursorBucket = bucket;
            cursor = Optional.of(lastOf(chunk));
        }
    }

    private static Jid lastOf(Chunk chunk) {
        return chunk.sessions().get(chunk.sessions().size() - 1).session();
    }

    /** What is in the range of a chunk and not in the chunk is gone. */
    private void removeOthers(Chunk chunk) {
        Set<String> there = new HashSet<>();
        chunk.sessions().forEach(t -> there.add(t.session().toString()));
        String after = chunk.after().map(Jid::toString).orElse("");
        String to = chunk.last() ? null : lastOf(chunk).toString();
        for (String account : List.copyOf(accounts.get(chunk.bucket()))) {
            for (Session s : whereabouts.sessions(account, node)) {
                String full = account + '/' + s.resource();
                boolean inRange = full.compareTo(after) > 0 && (to == null || full.compareTo(to) <= 0);
                if (inRange && !there.contains(full)) remove(account, s.resource());
            }
        }
    }

    /** A bucket was told to its end. */
    private void told(int bucket, long digest) {
        if (cursorBucket == bucket) cursor = Optional.empty();
        if (digest(bucket) != digest) {
            open.set(bucket);
            inVain.set(bucket);
            return;
        }
        inStep(bucket);
        if (repairs.get(bucket)) repaired.increment();
        repairs.clear(bucket);
    }

    private void inStep(int bucket) {
        open.clear(bucket);
        inVain.clear(bucket);
    }

    private void compare(Digests digests) {
        for (int i = 0; i < digests.values().length; i++) {
            int bucket = digests.first() + i;
            if (digest(bucket) == digests.values()[i]) {
                inStep(bucket);
                repairs.clear(bucket);
            } else {
                if (!open.get(bucket)) repairs.set(bucket);
                open.set(bucket);
                inVain.clear(bucket);
            }
        }
        if (!open.get(cursorBucket)) cursor = Optional.empty();
    }

    private long digest(int bucket) {
        long sum = 0;
        for (String account : accounts.get(bucket)) sum += whereabouts.digest(account, node);
        return sum;
    }

    private Answer answer(long self) {
        BitSet wanted = (BitSet) open.clone();
        wanted.andNot(inVain);
        List<Integer> wants = new ArrayList<>(wanted.cardinality());
        if (cursor.isPresent()) {
            wants.add(cursorBucket);
            wanted.clear(cursorBucket);
        }
        wanted.stream().forEach(wants::add);
        return new Answer(Answer.Kind.APPLIED, self, wants, cursor);
    }

    /** Something it said was not understood: it is included until its next hello. */
    synchronized void lost() {
        if (!closed) detach();
    }

    /** Of who does not publish, nothing is known for sure: it may have stopped without a word. */
    private void tellGap() {
        whereabouts.gap(node, published ? open : ALL);
    }

    private void detach() {
        run = 0;
        open.set(0, Buckets.COUNT);
        tellGap();
    }

    /** What it told is void, and nothing more is taken of that run. */
    synchronized void withdrawn() {
        if (closed) return;
        if (run != 0) refused = run;
        published = false;
        detach();
        forget();
    }

    /** Its sessions are published, also if it is the run that was refused. @return whether a hello is needed */
    synchronized boolean published() {
        if (closed) return false;
        published = true;
        refused = 0;
        tellGap();
        return run == 0;
    }

    private void forget() {
        for (List<String> bucket : accounts) {
            bucket.forEach(account -> whereabouts.removeAll(account, node));
            bucket.clear();
        }
    }

    /** It is no member any more. */
    synchronized void close() {
        closed = true;
        run = 0;
        forget();
        whereabouts.left(node);
    }
}
