/**
 * The network as edges and the cluster transport share it: event loops, TLS, listening sockets, limits. The only
 * exported package in which Netty types appear.
 */
@Export
@Version("1.1.0")
package org.skein.net.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
