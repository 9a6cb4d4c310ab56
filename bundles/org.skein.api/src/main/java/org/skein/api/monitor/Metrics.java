package org.skein.api.monitor;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Figures of this node. Names are dotted and lower-case ({@code session.stanzas.dropped}); the same name is the same
 * figure. Any thread.
 */
@ProviderType
public interface Metrics {
    /** A count that only grows. Keep the adder in a field: looking it up is not for every stanza. */
    LongAdder counter(String name, String description);

    /** A value read when asked for; closing the answer takes it away. */
    AutoCloseable gauge(String name, String description, LongSupplier value);

    /** All values now, by name. */
    java.util.SortedMap<String, Long> snapshot();
}
