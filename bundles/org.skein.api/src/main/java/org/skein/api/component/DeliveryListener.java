package org.skein.api.component;

import org.osgi.annotation.versioning.ConsumerType;

/** Told exactly once, on any thread, what became of a stanza. Must not block and must not throw. */
@ConsumerType
@FunctionalInterface
public interface DeliveryListener {
    /** For stanzas that are safe once handed over: presence, iq, chat states (CLUSTER 2). */
    DeliveryListener NONE = outcome -> {};

    void outcome(Outcome outcome);
}
