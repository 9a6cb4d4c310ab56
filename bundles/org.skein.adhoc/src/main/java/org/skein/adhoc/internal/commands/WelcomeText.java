package org.skein.adhoc.internal.commands;

import org.skein.api.command.Field;

/** A text, and where it counts. */
public record WelcomeText(
        @Field(label = "Welcome", multiline = true, maxLength = 20_000)
        String welcome,

        @Field(label = "Domain; none = all", required = false)
        String domain) {}
