package org.skein.launcher;

import java.util.List;
import java.util.Objects;

/**
 * An installable set of bundles, closed under its requirements: the build resolved it.
 *
 * @param name as in {@code --features}
 * @param description one line for people
 * @param bundles file names in the distribution's folder {@code bundles/}
 */
record Feature(String name, String description, List<String> bundles) {

    Feature {
        Objects.requireNonNull(name, "name");
        bundles = List.copyOf(bundles);
    }

    /** Reads a resolved list: a file name per line; the first comment describes the feature. */
    static Feature parse(String name, String text) {
        List<String> lines =
                text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        String description = lines.stream()
                .filter(l -> l.startsWith("#"))
                .findFirst()
                .map(l -> l.substring(1).strip())
                .orElse("");
        return new Feature(
                name,
                description,
                lines.stream().filter(l -> !l.startsWith("#")).toList());
    }
}
