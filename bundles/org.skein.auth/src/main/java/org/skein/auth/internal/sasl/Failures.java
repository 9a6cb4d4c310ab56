package org.skein.auth.internal.sasl;

import java.util.concurrent.CompletionException;
import org.skein.api.auth.SaslResult;
import org.skein.api.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failures of RFC 6120 §6.5 that occur here. */
final class Failures {
    static final String NOT_AUTHORIZED = "not-authorized";

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** Wrong password, no such account, account disabled: the same answer, so that nobody learns which. */
    static SaslResult.Failure notAuthorized() {
        return notAuthorized("");
    }

    /** @param text such as a server-error-value of RFC 5802 §7; must not depend on the account */
    static SaslResult.Failure notAuthorized(String text) {
        return new SaslResult.Failure(NOT_AUTHORIZED, text);
    }

    static SaslResult.Failure malformed(MalformedException e) {
        return new SaslResult.Failure("malformed-request", e.getMessage());
    }

    static SaslResult.Failure invalidAuthzid() {
        return new SaslResult.Failure("invalid-authzid", "");
    }

    static SaslResult.Failure tooManyFailures() {
        return temporary("too many failed logins; try again in a minute");
    }

    static SaslResult.Failure temporary(String text) {
        return new SaslResult.Failure("temporary-auth-failure", text);
    }

    /** A dependency failed, or we did. */
    static SaslResult.Failure of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StorageException) {
            log.debug("what=login_impossible reason={}", cause.getMessage());
        } else {
            log.error("what=login_broken", cause);
        }
        return temporary("");
    }
}
