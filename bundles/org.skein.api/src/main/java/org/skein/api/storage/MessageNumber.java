package org.skein.api.storage;

/**
 * The number an origin gives to a message (CLUSTER, "Number"): unique for ever, ascending for one origin.
 *
 * @param origin the incarnation of the node that took it from its sender
 */
public record MessageNumber(long origin, long n) implements Comparable<MessageNumber> {
    @Override
    public int compareTo(MessageNumber o) {
        int byOrigin = Long.compare(origin, o.origin);
        return byOrigin != 0 ? byOrigin : Long.compare(n, o.n);
    }
}
