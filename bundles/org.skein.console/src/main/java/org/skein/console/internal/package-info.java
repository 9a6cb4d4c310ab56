/** The console of a node: its commands, the terminal and the local socket they are reached by, and what it tells the outside. */
package org.skein.console.internal;
