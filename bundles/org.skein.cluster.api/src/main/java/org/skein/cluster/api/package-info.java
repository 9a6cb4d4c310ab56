/**
 * The cluster as components see it: its nodes, the view, messages to the same component on other nodes, and where
 * stanzas of an address are handled (DESIGN §6). There is always a {@link org.skein.cluster.api.Cluster}; alone it
 * knows one node. Methods may be called from any thread unless they say otherwise; none may block.
 */
@Export
@Version("1.0.0")
package org.skein.cluster.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
