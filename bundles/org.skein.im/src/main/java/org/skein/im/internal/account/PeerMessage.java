package org.skein.im.internal.account;

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
 * What processors tell each other from node to node: an operation, an account, a number, addresses. Later versions may
 * append; what is behind is not looked at.
 *
 * @param number a version, or whatever the operation has
 */
public record PeerMessage(int operation, Jid account, long number, List<Jid> addresses) {
    private static final int VERSION = 1;

    public PeerMessage {
        addresses = List.copyOf(addresses);
    }

    public PeerMessage(int operation, Jid account, Collection<Jid> addresses) {
        this(operation, account, 0, List.copyOf(addresses));
    }

    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(operation);
            out.writeUTF(account.toString());
            out.writeLong(number);
            out.writeInt(addresses.size());
            for (Jid address : addresses) out.writeUTF(address.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of bytes in memory: cannot be
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if it is none */
    public static PeerMessage of(byte[] message) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readUnsignedByte();
            if (version < VERSION) throw new IllegalArgumentException("version " + version);
            int operation = in.readUnsignedByte();
            Jid account = Jid.of(in.readUTF());
            long number = in.readLong();
            int count = in.readInt();
            if (count < 0 || count > in.available()) throw new IllegalArgumentException("addresses: " + count);
            List<Jid> addresses = new ArrayList<>(count);
            for (int i = 0; i < count; i++) addresses.add(Jid.of(in.readUTF()));
            return new PeerMessage(operation, account, number, addresses);
        } catch (IOException e) {
            throw new IllegalArgumentException("cut short", e);
        }
    }
}
