package org.skein.net.internal.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.skein.net.api.RemoteAddress;

/** Reads the name in the client's hello, then gives its place to the {@link SslHandler} of that host. */
final class ServerNameHandler extends AbstractSniHandler<TlsServer.HostContext> {
    static final AttributeKey<TlsSession> SESSION = AttributeKey.valueOf("org.skein.net.tls");

    private final TlsServer server;
    private final Supplier<String> fallbackHost;
    private final long handshakeTimeoutMs;

    ServerNameHandler(TlsServer server, Supplier<String> fallbackHost, long handshakeTimeoutMs) {
        super(handshakeTimeoutMs);
        this.server = server;
        this.fallbackHost = fallbackHost;
        this.handshakeTimeoutMs = handshakeTimeoutMs;
    }

    @Override
    protected Future<TlsServer.HostContext> lookup(ChannelHandlerContext ctx, String hostname) {
        try {
            return ctx.executor().newSucceededFuture(current(hostname));
        } catch (SSLException e) {
            return ctx.executor().newFailedFuture(e);
        }
    }

    private TlsServer.HostContext current(String hostname) throws SSLException {
        TlsServer.HostContext context = server.context(hostname == null ? fallbackHost.get() : hostname);
        if (context == null) {
            throw new SSLException("TLS is shutting down");
        }
        return context;
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, String hostname, Future<TlsServer.HostContext> found)
            throws SSLException {
        if (!found.isSuccess()) {
            throw new SSLException(found.cause());
        }
        TlsServer.HostContext host = found.getNow();
        SslHandler handler;
        try {
            handler = host.context().newHandler(ctx.alloc());
        } catch (IllegalReferenceCountException e) { // certificates were changed in between
            host = current(hostname);
            handler = host.context().newHandler(ctx.alloc());
        }
        handler.setHandshakeTimeoutMillis(handshakeTimeoutMs);
        SSLEngine engine = handler.engine();
        KeyingMaterial material = server.factory().keyingMaterial();
        TlsSession session = new TlsSession(engine, host.certificate(), RemoteAddress.of(ctx.channel()));
        long connection = material.connection(engine);
        ctx.channel().attr(SESSION).set(session);
        ctx.pipeline().replace(this, "tls", handler);
        // Registered first, so that who hears of the handshake finds its result here.
        handler.handshakeFuture().addListener(f -> session.handshakeEnded(f, material.takeSecret(connection)));
    }
}
