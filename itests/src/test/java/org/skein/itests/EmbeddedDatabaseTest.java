package org.skein.itests;

/** On the embedded H2, as a node is created. */
class EmbeddedDatabaseTest extends DatabaseScenarios {
    @Override
    String[] database() {
        return new String[0];
    }
}
