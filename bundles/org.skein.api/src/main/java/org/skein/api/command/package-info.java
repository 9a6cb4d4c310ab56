/**
 * The SPI of administration commands: one annotated class is an ad-hoc command (XEP-0050), a console command and a command of
 * {@code bin/skein ctl}, on the whole cluster; so is one that is described by data. Methods may be called from any thread unless they say otherwise; none may block.
 */
@Export
@Version("1.0.0")
package org.skein.api.command;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
