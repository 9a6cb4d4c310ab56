/**
 * Starts a node: the OSGi framework with the bundles of the configured features on an instance directory. Nothing in here is seen by
 * bundles; they learn where they run from the framework properties {@code skein.base}, {@code skein.home}, {@code skein.version} and
 * {@code skein.console}.
 */
package org.skein.launcher;
