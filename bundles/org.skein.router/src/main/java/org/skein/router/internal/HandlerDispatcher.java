package org.skein.router.internal;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Component;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds handlers in a table made anew when handlers come and go ({@link Whiteboard}), and isolates them. */
@Component(service = {IqDispatcher.class, HandlerDispatcher.class})
public final class HandlerDispatcher implements IqDispatcher {
    private static final IqHandler[] NO_HANDLERS = {};
    private static final Logger log = LoggerFactory.getLogger(HandlerDispatcher.class);

    private volatile Map<IqHandler.Target, Map<String, IqHandler[]>> table = Map.of();

    /** @param handlers the most preferred first */
    void handlers(List<IqHandler> handlers) {
        Map<IqHandler.Target, Map<String, IqHandler[]>> fresh = new EnumMap<>(IqHandler.Target.class);
        for (IqHandler handler : handlers) {
            for (IqHandler.Target target : handler.targets()) {
                Map<String, IqHandler[]> byNamespace = fresh.computeIfAbsent(target, t -> new HashMap<>());
                for (String namespace : handler.namespaces()) {
                    byNamespace.merge(namespace, new IqHandler[] {handler}, HandlerDispatcher::concat);
                }
            }
        }
        table = fresh;
    }

    private static IqHandler[] concat(IqHandler[] some, IqHandler[] more) {
        IqHandler[] all = java.util.Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    @Override
    public CompletionStage<Stanza> dispatch(IqRequest request) {
        Stanza stanza = request.stanza();
        if (stanza.payload().size() != 1 || stanza.id().isEmpty()) {
            return CompletableFuture.completedFuture(stanza.error(Condition.BAD_REQUEST.error()));
        }
        IqHandler[] candidates = table.getOrDefault(request.target(), Map.of())
                .getOrDefault(request.payload().namespace(), NO_HANDLERS);
        try {
            for (IqHandler handler : candidates) {
                if (handler.accepts(request)) {
                    return handler.handle(request)
                            .handle((result, failure) ->
                                    failure == null ? result(stanza, result) : failed(stanza, failure));
                }
            }
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.completedFuture(failed(stanza, e));
        }
        return CompletableFuture.completedFuture(stanza.error(Condition.SERVICE_UNAVAILABLE.error()));
    }

    private static Stanza result(Stanza request, Optional<Element> payload) {
        Stanza.Builder result = request.result();
        payload.ifPresent(result::add);
        return result.build();
    }

    private static Stanza failed(Stanza request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        StanzaError error;
        if (cause instanceof StanzaException refused) {
            error = refused.error();
        } else if (cause instanceof StorageException) {
            error = Condition.RESOURCE_CONSTRAINT.error("the database does not answer");
        } else if (cause instanceof QuotaException) {
            error = new StanzaError(Condition.POLICY_VIOLATION, StanzaError.Type.CANCEL, cause.getMessage());
        } else {
            log.warn(
                    "what=iq_handler_failed payload={}",
                    request.firstChild()
                            .map(e -> '{' + e.namespace() + '}' + e.name())
                            .orElse(""),
                    cause);
            error = Condition.INTERNAL_SERVER_ERROR.error();
        }
        return request.error(error);
    }
}
