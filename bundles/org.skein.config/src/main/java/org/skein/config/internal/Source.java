package org.skein.config.internal;

/** Where a value comes from; later ones win. */
enum Source {
    INIT("init.properties"),
    CFG("cfg file"),
    CONSOLE("console");

    private final String label;

    Source(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
