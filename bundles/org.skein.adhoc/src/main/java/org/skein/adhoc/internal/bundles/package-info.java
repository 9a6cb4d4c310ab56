/** Bundles that all nodes are to have: put there from one, one node at a time, and kept in line with the database. */
package org.skein.adhoc.internal.bundles;
