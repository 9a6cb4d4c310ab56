package org.skein.auth.internal.sasl;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslMechanism;
import org.skein.api.auth.StreamSecurity;
import org.skein.auth.internal.AuthSettings;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.PasswordWorkers;
import org.skein.auth.internal.keys.ScramHash;
import org.skein.auth.internal.limit.LoginAttempts;

/**
 * PLAIN (RFC 4616), inside TLS, or where {@code plain-without-tls} says so. The password is checked against the stored
 * SCRAM-SHA-256 keys, one PBKDF2 on {@link PasswordWorkers}. Passwords that were right are not remembered to save it
 * the next time: that would keep in memory something from which they can be guessed a thousand times faster than from
 * the database, to save a millisecond for clients that could use SCRAM.
 */
@Component(property = "service.ranking:Integer=0")
public final class PlainMechanism implements SaslMechanism {
    private final AuthSettings settings;
    private final PlainExchange.Parts parts;

    @Activate
    public PlainMechanism(
            @Reference AuthSettings settings,
            @Reference AccountKeys keys,
            @Reference PasswordWorkers workers,
            @Reference LoginAttempts attempts) {
        this(settings, new PlainExchange.Parts(ScramHash.SHA_256, keys, workers, attempts));
    }

    PlainMechanism(AuthSettings settings, PlainExchange.Parts parts) {
        this.settings = settings;
        this.parts = parts;
    }

    @Override
    public String name() {
        return "PLAIN";
    }

    @Override
    public boolean isOffered(String host, StreamSecurity security) {
        return security.isEncrypted() || settings.plainWithoutTls();
    }

    @Override
    public SaslExchange start(String host, StreamSecurity security, List<String> offered) {
        return new PlainExchange(parts, host, security);
    }
}
