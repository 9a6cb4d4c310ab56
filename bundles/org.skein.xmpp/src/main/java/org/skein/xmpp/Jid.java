package org.skein.xmpp;

import java.util.Objects;
import java.util.Optional;

/**
 * An XMPP address (RFC 7622): {@code local@domain/resource}. Parts are enforced with PRECIS when a JID is made, so two
 * JIDs are the same address exactly if they are {@link #equals equal}. Absent parts are the empty string.
 */
public final class Jid implements Comparable<Jid> {
    private final String local;
    private final String domain;
    private final String resource;
    private final String text;
    private final int hash;
    private final Jid bare; // null where this is bare itself

    private Jid(String local, String domain, String resource, String text) {
        this.local = local;
        this.domain = domain;
        this.resource = resource;
        this.text = text;
        this.hash = text.hashCode();
        this.bare = resource.isEmpty()
                ? null
                : new Jid(local, domain, "", text.substring(0, text.length() - resource.length() - 1));
    }

    private static Jid ofEnforced(String local, String domain, String resource) {
        String bare = local.isEmpty() ? domain : local + '@' + domain;
        return new Jid(local, domain, resource, resource.isEmpty() ? bare : bare + '/' + resource);
    }

    /**
     * Parses and enforces an address.
     *
     * @throws IllegalArgumentException with the reason, if {@code jid} is no address by RFC 7622
     */
    public static Jid of(String jid) {
        int slash = jid.indexOf('/');
        int bareEnd = slash < 0 ? jid.length() : slash;
        int at = jid.indexOf('@');
        if (at >= bareEnd) at = -1; // part of the resource
        if (slash == jid.length() - 1 && slash >= 0) {
            throw new IllegalArgumentException("empty resource in address: " + jid);
        }
        if (at == 0) {
            throw new IllegalArgumentException("empty local part in address: " + jid);
        }
        String local = at < 0 ? "" : jid.substring(0, at);
        String domain = jid.substring(at + 1, bareEnd);
        String resource = slash < 0 ? "" : jid.substring(slash + 1);
        String enforcedLocal = Precis.local(local);
        String enforcedDomain = Precis.domain(domain);
        String enforcedResource = Precis.resource(resource);
        return enforcedLocal.equals(local) && enforcedDomain.equals(domain) && enforcedResource.equals(resource)
                ? new Jid(local, domain, resource, jid)
                : ofEnforced(enforcedLocal, enforcedDomain, enforcedResource);
    }

    /** Makes an address of its parts; {@code local} and {@code resource} may be empty. */
    public static Jid of(String local, String domain, String resource) {
        return ofEnforced(Precis.local(local), Precis.domain(domain), Precis.resource(resource));
    }

    /** The address, or empty if {@code jid} is none. */
    public static Optional<Jid> parse(String jid) {
        try {
            return Optional.of(of(jid));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    /** The local part; empty where absent. */
    public String local() {
        return local;
    }

    public String domain() {
        return domain;
    }

    /** The resource; empty where absent. */
    public String resource() {
        return resource;
    }

    public boolean isBare() {
        return bare == null;
    }

    public boolean isFull() {
        return bare != null;
    }

    public boolean hasLocal() {
        return !local.isEmpty();
    }

    /** This address without its resource. */
    public Jid bare() {
        return bare == null ? this : bare;
    }

    /** The address of this one's domain. */
    public Jid domainJid() {
        return local.isEmpty() ? bare() : new Jid("", domain, "", domain);
    }

    /** This address's bare JID with {@code resource}, which is enforced. */
    public Jid withResource(String resource) {
        return ofEnforced(local, domain, Precis.resource(Objects.requireNonNull(resource, "resource")));
    }

    @Override
    public boolean equals(Object o) {
        return this == o || o instanceof Jid j && hash == j.hash && text.equals(j.text);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(Jid other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
