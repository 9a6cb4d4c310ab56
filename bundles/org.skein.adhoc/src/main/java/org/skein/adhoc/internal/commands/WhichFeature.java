package org.skein.adhoc.internal.commands;

import org.skein.api.command.Field;

/** A feature, and where. */
public record WhichFeature(
        @Field(label = "Name of the feature") String name,

        @Field(label = "Which node; none = all", required = false)
        String node) {}
