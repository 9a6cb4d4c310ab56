package org.skein.auth.internal.sasl;

import org.skein.auth.internal.keys.ScramFunctions;

/** Remembers which functions were computed, so that tests need no clock to see that two logins cost the same. */
final class CountingFunctions implements ScramFunctions {
    private final ScramFunctions functions;
    private final StringBuffer calls = new StringBuffer();

    CountingFunctions(ScramFunctions functions) {
        this.functions = functions;
    }

    String calls() {
        return calls.toString();
    }

    @Override
    public String hash() {
        return functions.hash();
    }

    @Override
    public int length() {
        return functions.length();
    }

    @Override
    public byte[] h(byte[] data) {
        calls.append("h ");
        return functions.h(data);
    }

    @Override
    public byte[] hmac(byte[] key, byte[] data) {
        calls.append("hmac ");
        return functions.hmac(key, data);
    }

    @Override
    public byte[] hi(byte[] password, byte[] salt, int iterations) {
        calls.append("hi(").append(salt.length).append(',').append(iterations).append(") ");
        return functions.hi(password, salt, iterations);
    }
}
