package org.skein.api.config;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The settings of this node, by their names in {@code init.properties} (without dashes) or as {@code PID/key}. What is set
 * here lies above all files, and is kept. Stages fail with {@link IllegalArgumentException}, whose text is for people,
 * where there is no such setting or the value is none of its type; they complete when the change is in effect.
 */
@ProviderType
public interface NodeSettings {
    /**
     * A setting, or a logger's level.
     *
     * @param value as text; passwords are masked
     * @param source where it comes from: {@code default}, {@code console}, or file and line
     */
    record Entry(String name, String value, String source) {}

    /** Those whose name or PID contains a text, by name. */
    CompletionStage<List<Entry>> show(String part);

    /** @param value as in {@code init.properties}; lists separated by commas */
    CompletionStage<Entry> set(String name, String value);

    /** Takes back what was {@link #set}. */
    CompletionStage<Entry> reset(String name);

    /** The levels of loggers that have one of their own. */
    CompletionStage<List<Entry>> logLevels();

    /**
     * Sets the level of a logger.
     *
     * @param logger an area as in {@code --debug}, a logger's name, or {@code root}
     * @param level {@code off}, {@code error}, {@code warn}, {@code info}, {@code debug}, {@code trace}, {@code all}, or
     *     {@code default} to take it back
     */
    CompletionStage<Entry> logLevel(String logger, String level);
}
