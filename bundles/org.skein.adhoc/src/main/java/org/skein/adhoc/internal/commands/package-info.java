/** The administration commands that come with the server, each a service. */
package org.skein.adhoc.internal.commands;
