package org.skein.xmpp;

/** XML namespaces of RFC 6120 and RFC 6121. A XEP's namespaces stand with the code that implements it. */
public final class Ns {
    public static final String CLIENT = "jabber:client";
    public static final String STREAMS = "http://etherx.jabber.org/streams";
    public static final String STREAM_ERROR = "urn:ietf:params:xml:ns:xmpp-streams";
    public static final String STANZA_ERROR = "urn:ietf:params:xml:ns:xmpp-stanzas";
    public static final String TLS = "urn:ietf:params:xml:ns:xmpp-tls";
    public static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    public static final String BIND = "urn:ietf:params:xml:ns:xmpp-bind";
    public static final String SESSION = "urn:ietf:params:xml:ns:xmpp-session";
    public static final String ROSTER = "jabber:iq:roster";
    public static final String XML = "http://www.w3.org/XML/1998/namespace";

    private Ns() {}
}
