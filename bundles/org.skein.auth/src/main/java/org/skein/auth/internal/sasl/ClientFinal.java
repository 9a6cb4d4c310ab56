package org.skein.auth.internal.sasl;

/**
 * SCRAM's client-final-message (RFC 5802 §7): {@code c=binding , r=nonce [, extensions] , p=proof}.
 *
 * @param binding gs2 header and channel binding data, decoded
 * @param withoutProof as it was sent: part of the AuthMessage
 */
record ClientFinal(byte[] binding, String nonce, byte[] proof, String withoutProof) {
    static ClientFinal parse(byte[] data) throws MalformedException {
        String message = SaslText.utf8(data);
        String[] attributes = message.split(",", -1);
        int last = attributes.length - 1;
        if (last < 2
                || !attributes[0].startsWith("c=")
                || !attributes[1].startsWith("r=")
                || !attributes[last].startsWith("p=")) {
            throw new MalformedException("expected c=binding,r=nonce,p=proof");
        }
        ClientFirst.requireExtensions(attributes, 2, last);
        return new ClientFinal(
                SaslText.base64(attributes[0].substring(2)),
                attributes[1].substring(2),
                SaslText.base64(attributes[last].substring(2)),
                message.substring(0, message.length() - attributes[last].length() - 1));
    }
}
