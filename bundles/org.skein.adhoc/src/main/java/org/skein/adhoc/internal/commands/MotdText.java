package org.skein.adhoc.internal.commands;

import org.skein.api.command.Field;

/** A text, and where it counts. */
public record MotdText(
        @Field(label = "Message of the day", multiline = true, maxLength = 20_000)
        String motd,

        @Field(label = "Domain; none = all", required = false)
        String domain) {}
