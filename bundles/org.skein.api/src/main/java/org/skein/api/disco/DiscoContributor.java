package org.skein.api.disco;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Adds what its bundle offers to the disco answers of hosts and accounts, as a service. All contributors are asked, in
 * ascending {@code service.ranking}. Called on any thread; must not block.
 */
@ConsumerType
public interface DiscoContributor {
    default void info(DiscoRequest request, DiscoInfo info) {}

    default List<DiscoItem> items(DiscoRequest request) {
        return List.of();
    }
}
