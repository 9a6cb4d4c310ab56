package org.skein.net.internal.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSLContext;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel binding {@code tls-exporter} (RFC 9266), for TLS 1.3. The JDK exports it from version 25 on. BoringSSL as
 * bound here has no export function, but tells the exporter secret of each handshake to its key log, from which RFC 8446
 * §7.5 derives it.
 */
final class KeyingMaterial {
    private static final Logger log = LoggerFactory.getLogger(KeyingMaterial.class);
    private static final String LABEL = "EXPORTER-Channel-Binding";
    private static final int LENGTH = 32;
    private static final byte[] EXPORTER_SECRET = "EXPORTER_SECRET ".getBytes(StandardCharsets.US_ASCII);
    private static final MethodHandle JDK_EXPORT = findJdkExport();

    /** tcnative's own context; what Netty's public methods answer is BoringSSL's, which is another address. */
    private static final VarHandle NATIVE_CONTEXT = findNativeContext();

    /** Secrets of handshakes that are not finished yet, by the address of BoringSSL's connection. */
    private final Map<Long, byte[]> secrets = new ConcurrentHashMap<>();

    private static MethodHandle findJdkExport() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(
                            ExtendedSSLSession.class,
                            "exportKeyingMaterialData",
                            MethodType.methodType(byte[].class, String.class, byte[].class, int.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            log.debug("what=no_tls_exporter engine=jdk java={}", Runtime.version(), e);
            return null;
        }
    }

    private static VarHandle findNativeContext() {
        try {
            return MethodHandles.privateLookupIn(ReferenceCountedOpenSslContext.class, MethodHandles.lookup())
                    .findVarHandle(ReferenceCountedOpenSslContext.class, "ctx", long.class);
        } catch (NoSuchFieldException | IllegalAccessException | LinkageError e) {
            log.debug("what=no_tls_exporter engine=openssl", e);
            return null;
        }
    }

    /** To be called once for each context, before its first handshake. */
    void listenTo(SslContext context) {
        if (context instanceof ReferenceCountedOpenSslContext openSsl && NATIVE_CONTEXT != null) {
            SSLContext.setKeyLogCallback((long) NATIVE_CONTEXT.get(openSsl), this::logged);
        }
    }

    private void logged(long connection, byte[] line) {
        if (!startsWith(line, EXPORTER_SECRET)) {
            return;
        }
        int blank = EXPORTER_SECRET.length;
        while (blank < line.length && line[blank] != ' ') { // over the client's random
            blank++;
        }
        String hex = new String(line, blank, line.length - blank, StandardCharsets.US_ASCII).trim();
        secrets.put(connection, HexFormat.of().parseHex(hex));
    }

    private static boolean startsWith(byte[] line, byte[] start) {
        return line.length > start.length && java.util.Arrays.equals(line, 0, start.length, start, 0, start.length);
    }

    /** Address of BoringSSL's connection; 0 with the JDK's engine. To be asked before the handshake ends. */
    long connection(SSLEngine engine) {
        return engine instanceof ReferenceCountedOpenSslEngine openSsl ? openSsl.sslPointer() : 0;
    }

    /** The secret of a handshake that has ended; null where there is none. It is forgotten here. */
    byte[] takeSecret(long connection) {
        return connection == 0 ? null : secrets.remove(connection);
    }

    /** @param secret of BoringSSL, or null */
    static Optional<byte[]> export(SSLEngine engine, byte[] secret) {
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            return Optional.empty(); // before 1.3 it is only safe with an extension we cannot see (RFC 9266 §3)
        }
        try {
            if (secret != null) {
                return Optional.of(derive(secret));
            }
            if (JDK_EXPORT != null && engine.getSession() instanceof ExtendedSSLSession session) {
                return Optional.of((byte[]) JDK_EXPORT.invoke(session, LABEL, new byte[0], LENGTH));
            }
            return Optional.empty();
        } catch (Throwable e) { // MethodHandle.invoke declares it
            log.debug("what=no_tls_exporter", e);
            return Optional.empty();
        }
    }

    private static byte[] derive(byte[] exporterSecret) throws GeneralSecurityException {
        String hash = exporterSecret.length == 48 ? "SHA-384" : "SHA-256";
        byte[] ofNothing = MessageDigest.getInstance(hash).digest();
        byte[] secret = expandLabel(hash, exporterSecret, LABEL, ofNothing, exporterSecret.length);
        return expandLabel(hash, secret, "exporter", ofNothing, LENGTH);
    }

    /** HKDF-Expand-Label (RFC 8446 §7.1) for lengths up to one hash. */
    private static byte[] expandLabel(String hash, byte[] secret, String label, byte[] context, int length)
            throws GeneralSecurityException {
        byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(2 + 1 + full.length + 1 + context.length + 1);
        info.putShort((short) length).put((byte) full.length).put(full);
        info.put((byte) context.length).put(context).put((byte) 1); // the last is HKDF's counter
        String algorithm = "Hmac" + hash.replace("-", "");
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret, algorithm));
        return java.util.Arrays.copyOf(mac.doFinal(info.array()), length);
    }
}
