package org.skein.api.session;

/** Places of the standard processors; a lower number sees a stanza earlier. Yours may stand anywhere between. */
public final class ProcessorOrder {
    /** What must see everything: limits, tracing. */
    public static final int FIRST = 100;
    /** Block lists. */
    public static final int FILTER = 200;
    /** Changes to the stanza: stanza ids, stripping what a client may not set. */
    public static final int STAMP = 300;
    /** Roster and presence. */
    public static final int PRESENCE = 400;
    /** Copies: carbons, archive. */
    public static final int COPY = 500;
    /** What should see a stanza just before it goes on. */
    public static final int LAST = 900;

    private ProcessorOrder() {}
}
