package org.skein.testkit.strategy;

import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/** What a contract has to know of the strategy it examines. */
public interface StrategyUnderTest {
    /** A service as the bundle offers it; another one on each call. */
    ClusteringStrategy create();

    /** Its {@link ClusteringStrategy#VERSION}. */
    default int version() {
        return 1;
    }

    /** The accounts that are used, where their names mean something to the strategy; another one for each number. */
    default Jid account(int number) {
        return Jid.of("user" + number + "@localhost");
    }
}
