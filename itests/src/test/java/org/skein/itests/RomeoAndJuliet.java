package org.skein.itests;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.skein.itests.support.StanzaClient;

/** Two users for each test: Romeo is online, Juliet has an account, and a client where a test makes her one. */
abstract class RomeoAndJuliet extends OnSharedNode {
    StanzaClient romeo;
    StanzaClient juliet;
    String julietsName;
    String julietsAddress;

    @BeforeEach
    void makeUsers() throws Exception {
        romeo = StanzaClient.online(server, StanzaClient.register(server), "orchard");
        julietsName = StanzaClient.register(server);
        julietsAddress = julietsName + "@localhost";
    }

    @AfterEach
    void hangUp() throws Exception {
        romeo.close();
        if (juliet != null) {
            juliet.close();
        }
    }
}
