/**
 * Addresses, elements, stanzas and errors of XMPP (RFC 6120, RFC 6121, RFC 7622) as plain values. Everything here is
 * immutable and may be used from any thread, except {@link org.skein.xmpp.XmlBuffer}, which belongs to one thread.
 */
@Export
@Version("1.0.0")
package org.skein.xmpp;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
