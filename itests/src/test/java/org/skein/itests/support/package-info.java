/** What integration tests share: real nodes as processes, their command line, clients that connect to them. */
package org.skein.itests.support;
