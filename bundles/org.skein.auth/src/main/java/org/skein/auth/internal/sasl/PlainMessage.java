package org.skein.auth.internal.sasl;

/**
 * The message of PLAIN (RFC 4616 §2): {@code [authzid] NUL authcid NUL passwd}.
 *
 * @param authzid empty where absent
 */
record PlainMessage(String authzid, String name, String password) {
    static PlainMessage parse(byte[] data) throws MalformedException {
        String[] parts = SaslText.utf8(data).split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw new MalformedException("expected authzid, name and password with a NUL between");
        }
        return new PlainMessage(parts[0], parts[1], parts[2]);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PlainMessage[" + authzid + ", " + name + "]";
    }
}
