package org.skein.config.settings;

/**
 * A value given to a setting.
 *
 * @param setting the concrete setting
 * @param text as written
 * @param value as Configuration Admin gets it
 * @param origin where it was written, for people
 */
public record Assignment(Setting setting, String text, Object value, String origin) {}
