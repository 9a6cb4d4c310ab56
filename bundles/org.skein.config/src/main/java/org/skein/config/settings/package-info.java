/**
 * What an operator may write in {@code etc/init.properties}: the tables of known names, the syntax of the file and the
 * checks of names and values. Plain Java without OSGi, so that the command line checks with the code the server uses.
 */
package org.skein.config.settings;
