package org.skein.http.internal;

/** {@link HttpConfig} as values; a time of 0 = none. */
record HttpSettings(int port, boolean health, long timeoutMs) {
    static HttpSettings of(HttpConfig config) {
        return new HttpSettings(config.port(), config.health(), config.timeout() * 1000L);
    }
}
