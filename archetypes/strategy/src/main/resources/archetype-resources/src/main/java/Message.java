package ${package};

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

/** What nodes tell each other: kind (1 byte), number of accounts (4), each in modified UTF-8 after its length (2). */
record Message(int kind, Collection<Jid> accounts) {
    /** "I begin: tell me who is with you." */
    static final int HELLO = 1;
    /** These are, and there are more. */
    static final int SOME = 2;
    /** These are, and that is all. */
    static final int ALL = 3;
    /** A request: these are here now. */
    static final int HERE = 4;
    /** These are not here any more. */
    static final int GONE = 5;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(kind);
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
            List<Jid> accounts = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) accounts.add(Jid.of(in.readUTF()));
            if (in.read() >= 0) throw new IllegalArgumentException("longer than it says");
            return new Message(kind, accounts);
        } catch (IOException e) {
            throw new IllegalArgumentException("no message", e);
        }
    }
}
