package org.skein.adhoc.internal.commands;

/** Names of XEP-0133. */
final class Admin {
    static final String NODE = "http://jabber.org/protocol/admin#";

    private Admin() {}
}
