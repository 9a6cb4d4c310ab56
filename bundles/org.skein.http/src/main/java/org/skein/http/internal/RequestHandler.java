package org.skein.http.internal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one connection, one after the other (RFC 9112). A request is answered when it is complete; its body is
 * dropped as it comes. Belongs to the connection's event loop.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
    private static final int MAX_BODY = 64 * 1024;
    private static final long LINGER_MS = 1000;
    private static final String HEALTH = "/health";

    private final Supplier<HttpSettings> settings;
    private final Supplier<NodeHealth> health;
    private HttpRequest request; // null between two
    private long bodyBytes;
    private long since = System.nanoTime();
    private ScheduledFuture<?> deadline;
    private boolean closing;

    RequestHandler(Supplier<HttpSettings> settings, Supplier<NodeHealth> health) {
        this.settings = settings;
        this.health = health;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch(context, settings.get().timeoutMs());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /** One timer for a connection's life; a request only notes the time. */
    private void watch(ChannelHandlerContext context, long ms) {
        if (ms > 0) {
            deadline = context.executor()
                    .schedule(() -> look(context), Math.max(1, ms - elapsedMs()), TimeUnit.MILLISECONDS);
        }
    }

    private void look(ChannelHandlerContext context) {
        long timeout = settings.get().timeoutMs();
        if (timeout > 0 && elapsedMs() >= timeout) {
            context.close();
        } else {
            watch(context, timeout);
        }
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (closing) {
                return;
            }
            if (message instanceof HttpRequest next) {
                request = next;
                bodyBytes = 0;
                if (next.decoderResult().isFailure()) {
                    refuse(context, next.decoderResult().cause());
                    return;
                }
            }
            if (message instanceof HttpContent content && request != null) {
                body(context, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void body(ChannelHandlerContext context, HttpContent content) {
        bodyBytes += content.content().readableBytes();
        if (content.decoderResult().isFailure()) {
            refuse(context, content.decoderResult().cause());
        } else if (bodyBytes > MAX_BODY) {
            end(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } else if (content instanceof LastHttpContent) {
            since = System.nanoTime();
            answer(context);
        }
    }

    private void refuse(ChannelHandlerContext context, Throwable cause) {
        log.debug(
                "what=http_refused address={} reason=\"{}\"", context.channel().remoteAddress(), String.valueOf(cause));
        HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;
        if (cause instanceof TooLongHttpLineException) {
            status = HttpResponseStatus.REQUEST_URI_TOO_LONG;
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        end(context, status);
    }

    /** Answers, and closes: where the next request would begin is not known. */
    private void end(ChannelHandlerContext context, HttpResponseStatus status) {
        closing = true;
        send(context, plain(status), false, false);
    }

    private void answer(ChannelHandlerContext context) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        FullHttpResponse response;
        if (request.protocolVersion().minorVersion() > 0
                && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            response = plain(HttpResponseStatus.BAD_REQUEST); // RFC 9112 §3.2
            keepAlive = false;
        } else if (!settings.get().health() || !path(request.uri()).equals(HEALTH)) {
            response = plain(HttpResponseStatus.NOT_FOUND);
        } else if (!head && !request.method().equals(HttpMethod.GET)) {
            response = plain(HttpResponseStatus.METHOD_NOT_ALLOWED);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        } else {
            response = health();
        }
        request = null;
        closing = !keepAlive;
        send(context, response, head, keepAlive);
    }

    /** Without scheme and host, which a client may send too (RFC 9112 §3.2.2), and without the query. */
    private static String path(String uri) {
        int from = 0;
        int scheme = uri.indexOf("://");
        if (scheme > 0 && uri.indexOf('/') > scheme) {
            from = Math.max(uri.indexOf('/', scheme + 3), 0);
        }
        int query = uri.indexOf('?', from);
        return uri.substring(from, query < 0 ? uri.length() : query);
    }

    private FullHttpResponse health() {
        NodeHealth now = health.get();
        return response(
                now.isUp() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                now.json(),
                HttpHeaderValues.APPLICATION_JSON);
    }

    private static FullHttpResponse plain(HttpResponseStatus status) {
        return response(status, status.reasonPhrase() + "\n", HttpHeaderValues.TEXT_PLAIN);
    }

    private static FullHttpResponse response(HttpResponseStatus status, String text, CharSequence type) {
        ByteBuf body = ByteBufUtil.writeAscii(UnpooledByteBufAllocator.DEFAULT, text);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        HttpUtil.setContentLength(response, body.readableBytes());
        return response;
    }

    private static void send(
            ChannelHandlerContext context, FullHttpResponse response, boolean head, boolean keepAlive) {
        FullHttpResponse sent = response;
        if (head) { // the length of what a GET had got (RFC 9110 §9.3.2)
            sent = response.replace(Unpooled.EMPTY_BUFFER);
            response.release();
        }
        HttpUtil.setKeepAlive(sent.headers(), HttpVersion.HTTP_1_1, keepAlive);
        if (keepAlive) {
            context.write(sent);
        } else {
            context.writeAndFlush(sent).addListener(done -> endOutput(context));
        }
    }

    /** Our side first: closing with unread bytes in the socket would reset the connection before the answer is read. */
    private static void endOutput(ChannelHandlerContext context) {
        if (context.channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
            context.executor().schedule(() -> (Future<?>) context.close(), LINGER_MS, TimeUnit.MILLISECONDS);
        } else {
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    /** Who does not read its answers is not read. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug(
                    "what=http_broken address={} reason=\"{}\"",
                    context.channel().remoteAddress(),
                    String.valueOf(cause));
        } else {
            log.error("what=http_failed address={}", context.channel().remoteAddress(), cause);
        }
        context.close();
    }
}
