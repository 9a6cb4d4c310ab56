package org.skein.auth.internal.keys;

import org.skein.api.auth.ScramCredentials;

/**
 * What a login is checked against.
 *
 * @param keys of the account; made up where there is none, so that nobody can tell the difference
 * @param mayLogIn false where the login fails whatever the password is
 */
public record LoginKeys(ScramCredentials keys, boolean mayLogIn) {}
