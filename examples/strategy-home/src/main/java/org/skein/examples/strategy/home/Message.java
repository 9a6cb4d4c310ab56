package org.skein.examples.strategy.home;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.skein.xmpp.Jid;

/**
 * What nodes tell each other: kind (1 byte), mark of the rules (8), number of accounts (4), each in modified UTF-8 after
 * its length (2). Who changes the bytes or their meaning raises the strategy's version.
 */
record Message(int kind, long mark, Collection<Jid> accounts) {
    /** "I begin: tell me who of yours is not at home." */
    static final int HELLO = 1;
    /** These are not, and there are more. */
    static final int SOME = 2;
    /** These are not, and that is all. */
    static final int ALL = 3;
    /** A request: these are here now. */
    static final int HERE = 4;
    /** These are not here any more. */
    static final int GONE = 5;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(kind);
            out.writeLong(mark);
            out.writeInt(accounts.size());
            for (Jid account : accounts) out.writeUTF(account.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if it is no message: the core then includes the sender until it begins anew */
    static Message parse(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int kind = in.readByte();
            long mark = in.readLong();
            List<Jid> accounts = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) accounts.add(Jid.of(in.readUTF()));
            if (in.read() >= 0) throw new IllegalArgumentException("longer than it says");
            return new Message(kind, mark, accounts);
        } catch (IOException e) {
            throw new IllegalArgumentException("no message", e);
        }
    }
}
