package org.skein.auth.internal.account;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.ScramCredentials;
import org.skein.auth.internal.AuthSettings;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.ScramHash;

/** Makes the keys that are stored of a password. Takes milliseconds: not for event loops. */
@Component(service = KeyMaker.class)
public final class KeyMaker {
    private final AuthSettings settings;
    private final SecureRandom random = new SecureRandom();

    @Activate
    public KeyMaker(@Reference AuthSettings settings) {
        this.settings = settings;
    }

    /** One entry for each hash, each with a salt of its own. */
    List<ScramCredentials> keys(byte[] preparedPassword) {
        List<ScramCredentials> keys = new ArrayList<>();
        for (ScramHash hash : ScramHash.values()) {
            byte[] salt = new byte[AccountKeys.SALT_BYTES];
            random.nextBytes(salt);
            keys.add(hash.credentials(preparedPassword, salt, settings.scramIterations()));
        }
        return List.copyOf(keys);
    }
}
