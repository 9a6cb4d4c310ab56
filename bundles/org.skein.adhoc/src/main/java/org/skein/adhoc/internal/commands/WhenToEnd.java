package org.skein.adhoc.internal.commands;

import org.skein.api.command.Field;

/** When, and which. */
public record WhenToEnd(
        @Field(label = "In how many seconds", required = false, defaultValue = "30", min = 0, max = 86_400)
        int delay,

        @Field(label = "What users are told before", required = false, multiline = true, maxLength = 20_000)
        String announcement,

        @Field(label = "Which node; none = all", required = false)
        String node) {}
