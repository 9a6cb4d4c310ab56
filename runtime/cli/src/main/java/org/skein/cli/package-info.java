/** The part of {@code bin/skein} that is written in Java: {@code create}, {@code shell}, {@code user}, {@code status} and all help. */
package org.skein.cli;
