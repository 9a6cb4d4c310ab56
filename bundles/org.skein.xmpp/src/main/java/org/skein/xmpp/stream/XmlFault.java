package org.skein.xmpp.stream;

import org.skein.xmpp.StreamError;

/** Ends the parsing of a document that breaks a rule. Made under attack too, so it carries no stack trace. */
final class XmlFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StreamError error;

    XmlFault(StreamError.Condition condition, String text) {
        super(text, null, false, false);
        error = condition.error(text);
    }

    static XmlFault malformed(String text) {
        return new XmlFault(StreamError.Condition.NOT_WELL_FORMED, text);
    }

    static XmlFault restricted(String text) {
        return new XmlFault(StreamError.Condition.RESTRICTED_XML, text);
    }

    static XmlFault policy(String text) {
        return new XmlFault(StreamError.Condition.POLICY_VIOLATION, text);
    }

    StreamError error() {
        return error;
    }
}
