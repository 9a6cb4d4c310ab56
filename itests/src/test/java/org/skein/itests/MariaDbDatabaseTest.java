package org.skein.itests;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.skein.testkit.storage.MariaDb;

/** On a real MariaDB server. */
@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
class MariaDbDatabaseTest extends DatabaseScenarios {
    private MariaDb mariaDb;

    @Override
    String[] database() {
        mariaDb = MariaDb.create();
        return new String[] {"user-db=mariadb", "user-db-uri=" + mariaDb.uri("skein")};
    }

    @AfterAll
    void stopDatabase() {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }
}
