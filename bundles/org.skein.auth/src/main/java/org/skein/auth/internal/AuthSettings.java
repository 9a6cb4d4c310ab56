package org.skein.auth.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of this bundle as they are now; a change drops no connection. */
@Component(service = AuthSettings.class, configurationPid = "org.skein.auth")
@Designate(ocd = AuthConfig.class)
public final class AuthSettings {
    /** RFC 7677 §4. */
    static final int LEAST_ITERATIONS = 4096;

    private static final Logger log = LoggerFactory.getLogger(AuthSettings.class);

    private volatile AuthConfig config;

    @Activate
    public AuthSettings(AuthConfig config) {
        modified(config);
    }

    @Modified
    void modified(AuthConfig config) {
        if (config.scramIterations() < LEAST_ITERATIONS) {
            log.warn("what=iterations_raised configured={} used={}", config.scramIterations(), LEAST_ITERATIONS);
        }
        this.config = config;
    }

    public int scramIterations() {
        return Math.max(LEAST_ITERATIONS, config.scramIterations());
    }

    public boolean plainWithoutTls() {
        return config.plainWithoutTls();
    }

    /** Failures in a minute; 0 = no limit. */
    public int loginRate() {
        return config.loginRate();
    }

    public boolean registration() {
        return config.registration();
    }

    /** New accounts in a minute; 0 = no limit. */
    public int registrationRate() {
        return config.registrationRate();
    }
}
