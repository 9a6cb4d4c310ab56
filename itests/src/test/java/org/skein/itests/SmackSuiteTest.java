package org.skein.itests;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.skein.itests.support.ServerProcess;

/** The public integration suite of Smack against a real node. */
class SmackSuiteTest extends SmackSuiteScenarios {
    private ServerProcess server;

    @BeforeAll
    void startServer() throws Exception {
        server = ServerProcess.create("registration=true", "registration-rate=0", "login-rate=0")
                .start();
        int port = server.port("c2s");
        useServer(() -> port);
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }
}
