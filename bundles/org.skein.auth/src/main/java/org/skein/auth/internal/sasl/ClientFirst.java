package org.skein.auth.internal.sasl;

/**
 * SCRAM's client-first-message (RFC 5802 §7): {@code gs2-cbind-flag , [a=authzid] , n=name , r=nonce [, extensions]}.
 *
 * @param flag {@code n}, {@code y} or {@code p}
 * @param bindingType of {@code p=…}; else empty
 * @param authzid empty where absent
 * @param gs2Header as it was sent, with its last comma
 * @param bare what follows the header, as it was sent: part of the AuthMessage
 */
record ClientFirst(
        char flag, String bindingType, String authzid, String name, String nonce, String gs2Header, String bare) {
    private static final int MAX_NONCE = 1024;

    static ClientFirst parse(byte[] data) throws MalformedException {
        String message = SaslText.utf8(data);
        int flagEnd = message.indexOf(',');
        int headerEnd = message.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) {
            throw new MalformedException("no gs2 header");
        }
        String flag = message.substring(0, flagEnd);
        String bare = message.substring(headerEnd + 1);
        String[] attributes = bare.split(",", -1);
        if (attributes[0].startsWith("m=")) {
            throw new MalformedException("extensions-not-supported");
        }
        if (attributes.length < 2 || !attributes[0].startsWith("n=") || !attributes[1].startsWith("r=")) {
            throw new MalformedException("expected n=name,r=nonce");
        }
        requireExtensions(attributes, 2, attributes.length);
        return new ClientFirst(
                flag(flag),
                bindingType(flag),
                authzid(message.substring(flagEnd + 1, headerEnd)),
                SaslText.saslName(attributes[0].substring(2)),
                nonce(attributes[1].substring(2)),
                message.substring(0, headerEnd + 1),
                bare);
    }

    private static char flag(String flag) throws MalformedException {
        if (flag.equals("n") || flag.equals("y") || flag.startsWith("p=")) {
            return flag.charAt(0);
        }
        throw new MalformedException("gs2 flag is none of n, y, p");
    }

    /** RFC 5802 §7: cb-name. */
    private static String bindingType(String flag) throws MalformedException {
        if (!flag.startsWith("p=")) {
            return "";
        }
        String type = flag.substring(2);
        if (type.isEmpty() || !type.chars().allMatch(ClientFirst::isBindingNameChar)) {
            throw new MalformedException("no name of a channel binding");
        }
        return type;
    }

    private static boolean isBindingNameChar(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-';
    }

    private static String authzid(String attribute) throws MalformedException {
        if (attribute.isEmpty()) {
            return "";
        }
        if (!attribute.startsWith("a=")) {
            throw new MalformedException("gs2 header has more than an authzid");
        }
        return SaslText.saslName(attribute.substring(2));
    }

    private static String nonce(String nonce) throws MalformedException {
        if (nonce.isEmpty() || nonce.length() > MAX_NONCE || !nonce.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new MalformedException("nonce is empty, too long or not printable");
        }
        return nonce;
    }

    /** Optional extensions are {@code letter=value}, and ignored. */
    static void requireExtensions(String[] attributes, int from, int to) throws MalformedException {
        for (int i = from; i < to; i++) {
            String a = attributes[i];
            if (a.length() < 3 || a.charAt(1) != '=' || !isLetter(a.charAt(0)) || a.indexOf('\0') >= 0) {
                throw new MalformedException("an extension is not attr=value");
            }
        }
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
