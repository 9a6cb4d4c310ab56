/**
 * Accounts, credentials and SASL (RFC 6120 §6, RFC 5802).
 */
@Export
@Version("1.0.0")
package org.skein.api.auth;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
