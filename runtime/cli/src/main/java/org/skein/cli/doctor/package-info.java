/** {@code bin/skein doctor}: looks at an instance from outside, running or not. One check a class; none changes anything. */
package org.skein.cli.doctor;
