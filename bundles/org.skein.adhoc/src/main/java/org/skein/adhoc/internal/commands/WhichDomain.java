package org.skein.adhoc.internal.commands;

import org.skein.api.command.Field;

/** One domain, or all. */
public record WhichDomain(
        @Field(label = "Domain; none = all", required = false)
        String domain) {}
