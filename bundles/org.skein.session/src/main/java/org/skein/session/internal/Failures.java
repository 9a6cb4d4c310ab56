package org.skein.session.internal;

import java.util.concurrent.CompletionException;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** What a failure inside the server looks like to who sent the stanza. */
final class Failures {
    private Failures() {}

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    static StanzaError error(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof StanzaException refused) return refused.error();
        if (cause instanceof StorageException) {
            return Condition.RESOURCE_CONSTRAINT.error("the database does not answer");
        }
        if (cause instanceof QuotaException) return Condition.SERVICE_UNAVAILABLE.error(cause.getMessage());
        return Condition.INTERNAL_SERVER_ERROR.error();
    }
}
