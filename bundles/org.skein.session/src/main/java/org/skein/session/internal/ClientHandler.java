package org.skein.session.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.skein.api.session.ClientStream;
import org.skein.api.session.StreamHandler;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream after login: it binds a resource (RFC 6120 §7) or resumes a session, and from then on passes everything to
 * the session. Event loop of the stream.
 */
final class ClientHandler implements StreamHandler {
    private static final int MAX_EARLY = 1024;
    private static final Logger log = LoggerFactory.getLogger(ClientHandler.class);

    private final ServerNode node;
    private final SessionStart start;
    private final ClientStream stream;
    private final Jid account;
    private UserSession session; // null before the bind, and after the session has ended
    private boolean busy; // binding or resuming
    private boolean closed;
    private int direct; // stanzas written by this, not by a session, and not yet taken by the socket
    private List<Object> early; // what came while busy; null mostly

    /** What must be done once before the first session: shared by all streams. */
    interface SessionStart {
        CompletionStage<Void> ready();
    }

    ClientHandler(ServerNode node, SessionStart start, ClientStream stream, Jid account) {
        this.node = node;
        this.start = start;
        this.stream = stream;
        this.account = account;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void stanza(Stanza stanza) {
        if (session != null) {
            session.intake().stanza(stanza);
        } else if (busy) {
            wait(stanza);
        } else if (!closed) {
            Element request = stanza.isRequest() && stanza.payload().size() == 1
                    ? stanza.payload().get(0)
                    : null;
            if (request != null && stanza.hasType("set") && request.is("bind", Ns.BIND)) {
                bind(stanza, request);
            } else {
                fail(StreamError.Condition.NOT_AUTHORIZED.error("bind a resource first")); // RFC 6120 §7.1
            }
        }
    }

    @Override
    public void nonza(Element element) {
        boolean management = element.namespace().equals(StreamManagement.NS);
        if (session != null) {
            if (management) session.management(element);
            else session.intake().nonza(element);
        } else if (busy) {
            wait(element);
        } else if (closed) {
            return;
        } else if (management && element.name().equals("resume")) {
            resume(element);
        } else if (management && element.name().equals("enable")) {
            stream.write(StreamManagement.failed(Condition.UNEXPECTED_REQUEST)); // XEP-0198 §3: bind first
        } else {
            fail(StreamError.Condition.UNSUPPORTED_STANZA_TYPE.error(element.name()));
        }
    }

    @Override
    public void malformedAddress(Element raw) {
        if (session != null) session.intake().malformedAddress(raw);
        else if (!closed) fail(StreamError.Condition.NOT_AUTHORIZED.error("bind a resource first"));
    }

    @Override
    public void readComplete() {
        if (session != null) {
            session.active();
            session.intake().readComplete();
        }
    }

    @Override
    public void taken(int stanzas) {
        int mine = Math.min(stanzas, direct);
        direct -= mine;
        if (stanzas > mine && session != null) session.taken(stanzas - mine);
    }

    @Override
    public void closed(boolean orderly) {
        closed = true;
        early = null;
        UserSession s = session;
        session = null;
        if (s != null) s.streamClosed(orderly);
    }

    private void wait(Object item) {
        if (early == null) early = new ArrayList<>();
        early.add(item);
        if (early.size() > MAX_EARLY) fail(StreamError.Condition.POLICY_VIOLATION.error("too much before the answer"));
    }

    private void ready() {
        busy = false;
        if (session != null) session.intake().reading();
        else stream.reading(true);
        List<Object> items = early;
        early = null;
        if (items == null) return;
        for (Object item : items) {
            if (closed) return;
            if (item instanceof Stanza stanza) stanza(stanza);
            else nonza((Element) item);
        }
    }

    private void fail(StreamError error) {
        early = null;
        closed = true;
        stream.close(Optional.of(error));
    }

    /** The session is over and closes the stream itself. */
    void sessionEnded() {
        session = null;
        closed = true;
    }

    private void write(Stanza stanza) {
        direct++;
        stream.write(stanza);
    }

    // ---- binding

    private void bind(Stanza request, Element bind) {
        if (node.stopping) {
            fail(StreamError.Condition.SYSTEM_SHUTDOWN.error());
            return;
        }
        if (!node.cluster().isServing()) {
            fail(StreamError.Condition.SYSTEM_SHUTDOWN.error("not in the cluster"));
            return;
        }
        if (node.disabled.contains(account)) {
            fail(disabled());
            return;
        }
        if (request.id().isEmpty()) {
            write(request.error(Condition.BAD_REQUEST.error("an iq needs an id")));
            return;
        }
        String wanted = bind.childText("resource", Ns.BIND);
        Jid full;
        try {
            full = account.withResource(wanted.isEmpty() ? madeUp() : wanted);
        } catch (IllegalArgumentException notAResource) {
            write(request.error(Condition.BAD_REQUEST.error(notAResource.getMessage())));
            return;
        }
        busy = true;
        stream.reading(false);
        Account entered = node.registry.enter(account);
        Binds.Pending pending = node.binds.begin(entered, full);
        node.binds
                .announce(pending, node.settings.maxSessionsPerUser())
                .thenCompose(told ->
                        node.delays.limited(start.ready().thenCompose(done -> entered.load(node.chains.states()))))
                .whenComplete((done, failure) -> stream.execute(() -> {
                    if (failure == null) {
                        bindLoaded(request, full, pending);
                        return;
                    }
                    unbound(pending);
                    if (Failures.cause(failure) instanceof StanzaException refused) {
                        refuseBind(request, refused.error());
                        return;
                    }
                    log.warn(
                            "what=bind_refused account={} reason={}",
                            account,
                            Failures.cause(failure).toString());
                    refuseBind(request, Condition.RESOURCE_CONSTRAINT.error("the database does not answer"));
                }));
    }

    private void unbound(Binds.Pending pending) {
        node.registry.leave(pending.account);
        pending.done(false);
    }

    private static String madeUp() {
        return Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1, 36);
    }

    private void refuseBind(Stanza request, StanzaError error) {
        if (closed) return;
        write(request.error(error));
        ready();
    }

    private void bindLoaded(Stanza request, Jid full, Binds.Pending pending) {
        Account entered = pending.account;
        if (closed || node.stopping || pending.isLost()) {
            unbound(pending);
            if (!closed && !node.stopping) {
                refuseBind(request, Condition.CONFLICT.error("the resource is being bound by a newer session"));
                return;
            }
            if (!closed) fail(StreamError.Condition.SYSTEM_SHUTDOWN.error());
            return;
        }
        UserSession fresh = new UserSession(node, entered, full, stream, pending.login());
        int max = node.settings.maxSessionsPerUser();
        Account.Added added = node.registry.add(fresh, max);
        if (added.conflict() != null) {
            // RFC 6120 §7.7.2.2: the newer one wins. Its turn comes when the older has handed its messages on.
            added.conflict()
                    .end(
                            StreamError.Condition.CONFLICT.error("replaced by a new session"),
                            () -> stream.execute(() -> bindLoaded(request, full, pending)));
            return;
        }
        if (!added.done()) {
            unbound(pending);
            refuseBind(request, Condition.RESOURCE_CONSTRAINT.error("max-sessions-per-user: not more than " + max));
            return;
        }
        session = fresh;
        node.counters.bound().increment();
        if (!fresh.isWarmUp()) node.known.remember(account, true);
        fresh.begin();
        pending.done(true);
        write(request.result()
                .add(Element.builder("bind", Ns.BIND)
                        .child("jid", full.toString())
                        .build())
                .build());
        fresh.attach(this);
        node.binds.awaitEarlier(pending, fresh);
        log.debug("what=session_bound jid={} id={} stream={}", full, fresh.id(), stream.id());
        ready();
        if (node.disabled.contains(account))
            fresh.close(disabled()); // meanwhile; nobody has seen this session to end it
    }

    private static StreamError disabled() {
        return StreamError.Condition.NOT_AUTHORIZED.error(SessionService.DISABLED);
    }

    // ---- resuming

    private void resume(Element request) {
        String id = request.attribute("previd", "");
        int h;
        try {
            h = StreamManagement.parse(request.attribute("h", ""));
        } catch (NumberFormatException noNumber) {
            stream.write(StreamManagement.failed(Condition.BAD_REQUEST));
            return;
        }
        UserSession old = node.resumables.find(id, account);
        if (old == null && node.forwarding.isAlone()) {
            notFound(id);
            return;
        }
        busy = true;
        stream.reading(false);
        Runnable notFound = () -> {
            if (closed) return;
            notFound(id);
            ready();
        };
        if (old != null) old.resume(this, stream, h, notFound);
        else node.moves.resume(id, account, h, this, stream, notFound);
    }

    private void notFound(String id) {
        Element failed = StreamManagement.failed(Condition.ITEM_NOT_FOUND);
        Resumables.Ended ended = node.resumables.ended(id, account);
        stream.write(ended == null ? failed : failed.with("h", StreamManagement.text(ended.handled())));
    }

    /** The session goes on with this stream. */
    void adopted(UserSession resumed) {
        session = resumed;
        stream.execute(() -> {
            ready(); // behind <resumed/> and what is sent again
            if (node.disabled.contains(account)) resumed.close(disabled()); // it was on its way between two nodes
        });
    }
}
