package org.skein.xmpp.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names, namespaces and types that are met again and again, found by their bytes so that no string is made for them.
 * What all streams use is in a table shared by all; the rest in a small table of each instance, where a later entry
 * displaces an earlier one.
 */
final class Symbols {
    private static final int MAX_LENGTH = 64;
    private static final int SHARED_SIZE = 1024;
    private static final String[] SHARED = new String[SHARED_SIZE];
    private static final byte[][] SHARED_BYTES = new byte[SHARED_SIZE][];

    private final String[] recent = new String[256];
    private final byte[][] recentBytes = new byte[256][];

    static {
        String words = """
                message presence iq body subject thread error text status show priority query item group stream features
                to from id type lang xml xmlns version ver name jid subscription ask code by stamp node hash category var
                value field x c r a h a request received active inactive composing paused gone origin-id stanza-id
                delay store no-store no-copy no-permanent-store private sent forwarded enable resume resumed enabled failed max
                auth response challenge success abort mechanism starttls proceed bind resource session ping
                set get result chat groupchat headline normal unavailable subscribe subscribed unsubscribe unsubscribed
                probe cancel modify wait continue form submit hidden text-single text-multi list-single boolean
                feature identity vCard PHOTO BINVAL TYPE FN NICKNAME photo block unblock blocklist command action
                sessionid items pubsub publish event event-node data html p span displayed markable encrypted header key
                iv payload sid rid count first last before after fin both none remove away xa dnd
                jabber:client jabber:server jabber:component:accept http://etherx.jabber.org/streams
                urn:ietf:params:xml:ns:xmpp-streams urn:ietf:params:xml:ns:xmpp-stanzas urn:ietf:params:xml:ns:xmpp-tls
                urn:ietf:params:xml:ns:xmpp-sasl urn:ietf:params:xml:ns:xmpp-bind urn:ietf:params:xml:ns:xmpp-session
                jabber:iq:roster jabber:iq:register jabber:iq:private jabber:iq:version jabber:iq:last jabber:iq:auth
                jabber:x:data jabber:x:delay jabber:x:conference jabber:x:oob http://www.w3.org/XML/1998/namespace
                http://jabber.org/protocol/disco#info http://jabber.org/protocol/disco#items
                http://jabber.org/protocol/caps http://jabber.org/protocol/chatstates http://jabber.org/protocol/commands
                http://jabber.org/protocol/muc http://jabber.org/protocol/muc#user http://jabber.org/protocol/muc#admin
                http://jabber.org/protocol/muc#owner http://jabber.org/protocol/pubsub
                http://jabber.org/protocol/pubsub#event http://jabber.org/protocol/pubsub#owner
                http://jabber.org/protocol/nick http://jabber.org/protocol/rsm http://www.w3.org/1999/xhtml
                http://jabber.org/protocol/xhtml-im vcard-temp vcard-temp:x:update urn:xmpp:sm:3 urn:xmpp:ping
                urn:xmpp:receipts urn:xmpp:delay urn:xmpp:sid:0 urn:xmpp:carbons:2 urn:xmpp:forward:0 urn:xmpp:hints
                urn:xmpp:blocking urn:xmpp:csi:0 urn:xmpp:time urn:xmpp:mam:2 urn:xmpp:chat-markers:0
                urn:xmpp:message-correct:0 urn:xmpp:reactions:0 urn:xmpp:avatar:data urn:xmpp:avatar:metadata
                urn:xmpp:features:rosterver urn:xmpp:features:pre-approval urn:xmpp:jingle:1 urn:xmpp:eme:0
                """;
        for (String word : words.split("\\s+")) {
            add(word.intern());
        }
    }

    private static void add(String word) {
        int at = slot(word.hashCode(), SHARED_SIZE);
        while (SHARED[at] != null) {
            if (SHARED[at].equals(word)) {
                return;
            }
            at = at + 1 & SHARED_SIZE - 1;
        }
        SHARED[at] = word;
        SHARED_BYTES[at] = word.getBytes(StandardCharsets.US_ASCII);
    }

    private static int slot(int hash, int size) {
        return (hash ^ hash >>> 11 ^ hash >>> 22) & size - 1;
    }

    /** The hash {@link #get} wants, taken over one more byte. */
    static int hash(int hash, byte b) {
        return 31 * hash + b;
    }

    static int hash(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /** The string these bytes of valid UTF-8 stand for. */
    String get(byte[] bytes, int from, int to, int hash) {
        int at = slot(hash, SHARED_SIZE);
        for (byte[] b; (b = SHARED_BYTES[at]) != null; at = at + 1 & SHARED_SIZE - 1) {
            if (b.length == to - from && Arrays.equals(b, 0, b.length, bytes, from, to)) {
                return SHARED[at];
            }
        }
        at = slot(hash, recent.length);
        byte[] known = recentBytes[at];
        if (known != null && Arrays.equals(known, 0, known.length, bytes, from, to)) {
            return recent[at];
        }
        String made = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        if (to - from <= MAX_LENGTH) {
            recent[at] = made;
            recentBytes[at] = Arrays.copyOfRange(bytes, from, to);
        }
        return made;
    }
}
