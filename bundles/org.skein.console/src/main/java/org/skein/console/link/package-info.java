/**
 * What the command line and the node's console say to each other over the local socket of an instance. Plain Java
 * without OSGi: the command line has this jar on its class path.
 *
 * <p>The client begins with {@code EXECUTE}, {@code SHELL} or {@code CALL}; the node sends {@code OUTPUT} and {@code
 * ERROR} as they come and at last {@code EXIT}. During {@code SHELL} the client sends {@code INPUT} and {@code WINDOW}.
 */
package org.skein.console.link;
