package org.skein.api.monitor;

import org.osgi.annotation.versioning.ConsumerType;

/** Tells how one part of the server is, as a service. Asked from any thread, often; answers at once. */
@ConsumerType
public interface HealthCheck {
    /** How it is. */
    enum Status {
        OK,
        /** Works with less than it should. */
        DEGRADED,
        /** Clients cannot log in. */
        DOWN
    }

    /** One answer; {@code detail} is a sentence for an operator. */
    record Health(Status status, String detail) {}

    /** Short name, such as {@code database}. */
    String name();

    Health check();
}
