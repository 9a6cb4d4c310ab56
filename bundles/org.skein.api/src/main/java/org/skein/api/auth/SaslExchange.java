package org.skein.api.auth;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** A running SASL exchange of one stream. Called for one step at a time, on the stream's event loop; must not block. */
@ConsumerType
public interface SaslExchange {
    /**
     * The client's next response; the first call gets the initial response, or an empty array where the client sent
     * none. The stage may complete on any thread and never fails: trouble is a {@link SaslResult.Failure}.
     */
    CompletionStage<SaslResult> respond(byte[] data);

    /** The client aborted, or the stream is gone. */
    default void abort() {}
}
