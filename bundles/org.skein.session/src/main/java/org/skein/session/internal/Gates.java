package org.skein.session.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.api.component.DeliveryListener;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Holds back what is addressed to an account while something decides where it goes: an older stanza waits for the
 * database, offline messages go first, a session is just ending. So a flow never overtakes itself (CLUSTER 11).
 *
 * <p>An account's gate also holds what other nodes send, so nobody may keep it closed until another node has answered for
 * a stanza: two nodes could wait for each other. What waits for that has a gate of its flow.
 *
 * @param <K> what a gate is for: an account, or a flow
 */
final class Gates<K> {
    /** Takes what was held, in order, on the thread that opened the gate. */
    interface Exit {
        void pass(Stanza stanza, DeliveryListener listener);

        void overflow(Stanza stanza, DeliveryListener listener);
    }

    static final int MAX_HELD = 10_000;

    private static final long NEW = Long.MAX_VALUE; // in place of a number: it comes here for the first time
    private static final long AGAIN = NEW - 1; // it waited elsewhere meanwhile

    private final ConcurrentHashMap<K, Gate> gates = new ConcurrentHashMap<>();
    private final Exit exit;

    Gates(Exit exit) {
        this.exit = exit;
    }

    /** True if the stanza waits now (or was refused because too many do). */
    boolean holds(K key, Stanza stanza, DeliveryListener listener) {
        Gate gate = gates.get(key);
        return gate != null && gate.add(stanza, listener);
    }

    /**
     * The same for what another node sent. Of one sender it keeps the order of the origin's numbers: what another node
     * had refused comes again behind what was sent later (CLUSTER 13).
     *
     * @param goOn where it goes on
     * @param overflow instead, if too many wait
     */
    boolean holds(K key, NodeId origin, long number, Jid from, Runnable goOn, Runnable overflow) {
        Gate gate = gates.get(key);
        return gate != null && gate.add(new Held(null, null, goOn, origin, number, from), overflow);
    }

    /**
     * The same for something else that is to stay behind what waits.
     *
     * @param from whose it is, or null
     */
    boolean holds(K key, Jid from, Runnable goOn, Runnable overflow) {
        return holds(key, null, NEW, from, goOn, overflow);
    }

    /** The same for what waited elsewhere meanwhile: what its sender sent later may wait here already, and stays behind. */
    boolean holdsAgain(K key, Jid from, Runnable goOn, Runnable overflow) {
        return holds(key, null, AGAIN, from, goOn, overflow);
    }

    /** The same for what was tried before, under a number of this node. */
    boolean holdsTried(K key, long number, Jid from, Runnable goOn, Runnable overflow) {
        return holds(key, null, number, from, goOn, overflow);
    }

    /** True if no gate is closed. */
    boolean isEmpty() {
        return gates.isEmpty();
    }

    /** Closes a gate until {@link Gate#release} has been called as often. */
    Gate hold(K key) {
        while (true) {
            Gate gate = gates.computeIfAbsent(key, Gate::new);
            synchronized (gate) {
                if (!gate.dead) {
                    gate.holds++;
                    return gate;
                }
            }
        }
    }

    /** For tests and logs: what is held back now. */
    @Override
    public String toString() {
        return gates.keySet().toString();
    }

    /** A stanza that waits, or where an older one goes on. */
    private record Held(Stanza stanza, DeliveryListener listener, Runnable goOn, NodeId origin, long number, Jid from) {
        boolean isBehind(Held o) {
            return number > o.number && from != null && from.equals(o.from) && Objects.equals(origin, o.origin);
        }
    }

    /** The gate of one key, there only while closed. */
    final class Gate {
        private final K key;
        private final Deque<Held> queue = new ArrayDeque<>();
        private int holds;
        private boolean draining;
        private boolean dead;

        private Gate(K key) {
            this.key = key;
        }

        private boolean add(Stanza stanza, DeliveryListener listener) {
            synchronized (this) {
                if (dead) return false;
                if (queue.size() < MAX_HELD) {
                    queue.add(new Held(
                            stanza, listener, null, null, NEW, stanza.from().orElse(null)));
                    return true;
                }
            }
            exit.overflow(stanza, listener);
            return true;
        }

        private boolean add(Held arrived, Runnable overflow) {
            synchronized (this) {
                if (dead) return false;
                if (queue.size() < MAX_HELD) {
                    enqueue(arrived);
                    return true;
                }
            }
            overflow.run();
            return true;
        }

        private void enqueue(Held arrived) {
            int before = 0;
            for (Held h : queue) {
                if (h.isBehind(arrived)) break;
                before++;
            }
            Deque<Held> later = new ArrayDeque<>(0);
            while (queue.size() > before) {
                later.addFirst(queue.pollLast());
            }
            queue.add(arrived);
            queue.addAll(later);
        }

        void release() {
            release(null);
        }

        /**
         * Opens the gate as far as this holder is concerned.
         *
         * @param goOn where the stanza it was held for goes on: in front of what waits, but not before everybody else
         *     who holds the gate is done too
         */
        void release(Runnable goOn) {
            synchronized (this) {
                holds--;
                if (holds > 0 || draining) {
                    if (goOn != null) queue.addFirst(new Held(null, null, goOn, null, 0, null));
                    return;
                }
                draining = true;
            }
            if (goOn != null) goOn.run();
            while (true) {
                Held next;
                synchronized (this) {
                    next = holds > 0 ? null : queue.poll();
                    if (next == null) {
                        draining = false;
                        if (holds == 0) {
                            dead = true;
                            gates.remove(key, this);
                        }
                        return;
                    }
                }
                if (next.goOn != null) next.goOn.run();
                else exit.pass(next.stanza, next.listener);
            }
        }
    }
}
