package org.skein.config.internal;

/** A configured value with its origin ({@code etc/init.properties:3}), for {@code config:show}. */
record Value(Object value, Source source, String origin) {}
