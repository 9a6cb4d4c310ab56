package org.skein.auth.internal.account;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountListener;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every {@link AccountListener}, on all nodes, what has become of an account. */
@Component(
        service = {AccountNews.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + AccountNews.CHANNEL)
public final class AccountNews implements PeerHandler {
    static final String CHANNEL = "auth.accounts";

    private static final int VERSION = 1;
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(AccountNews.class);

    /** What happened. Its place is what goes from node to node: only append. */
    enum Event {
        CREATED {
            @Override
            void tell(AccountListener listener, Jid account) {
                listener.accountCreated(account);
            }
        },
        PASSWORD_CHANGED {
            @Override
            void tell(AccountListener listener, Jid account) {
                listener.passwordChanged(account);
            }
        },
        REMOVED {
            @Override
            void tell(AccountListener listener, Jid account) {
                listener.accountRemoved(account);
            }
        },
        DISABLED {
            @Override
            void tell(AccountListener listener, Jid account) {
                listener.accountDisabled(account);
            }
        },
        ENABLED {
            @Override
            void tell(AccountListener listener, Jid account) {
                listener.accountEnabled(account);
            }
        };

        abstract void tell(AccountListener listener, Jid account);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    private volatile List<AccountListener> listeners = List.of();

    @Activate
    public AccountNews() {
        // cluster and listeners come by themselves
    }

    /** For tests. */
    public AccountNews(Cluster cluster, List<AccountListener> listeners) {
        this.cluster = cluster;
        this.listeners = listeners;
    }

    List<AccountListener> listeners() {
        return listeners;
    }

    /** Tells those on this node. */
    void here(Event event, Jid account) {
        each(listener -> event.tell(listener, account));
    }

    /** Tells those on this node that it made the account, when all know of it. */
    void createdHere(Jid account) {
        each(listener -> listener.createdHere(account));
    }

    private void each(Consumer<AccountListener> news) {
        for (AccountListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                log.error(
                        "what=account_listener_failed listener={}",
                        listener.getClass().getName(),
                        e);
            }
        }
    }

    /**
     * Tells those on all other nodes.
     *
     * @return completes when each has confirmed, or left; never fails
     */
    CompletionStage<Void> elsewhere(Event event, Jid account) {
        Cluster c = cluster;
        if (c.view().members().size() < 2) return CompletableFuture.completedFuture(null);
        byte[] address = account.toString().getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[address.length + 2];
        message[0] = VERSION;
        message[1] = (byte) event.ordinal();
        System.arraycopy(address, 0, message, 2, address.length);
        return c.peers()
                .gather(CHANNEL, message, CONFIRM_WITHIN)
                .thenAccept(replies -> replies.forEach((node, reply) -> check(event, account, node, reply)));
    }

    private static void check(Event event, Jid account, NodeId node, Reply reply) {
        if (reply.result() == Result.FAILED || reply.result() == Result.TIMEOUT) {
            log.warn(
                    "what=account_news_not_confirmed event={} account={} node={} result={} error={}",
                    event,
                    account,
                    node,
                    reply.result(),
                    reply.error());
        }
    }

    /** Tells all. */
    CompletionStage<Void> everywhere(Event event, Jid account) {
        CompletionStage<Void> confirmed = elsewhere(event, account);
        here(event, account);
        return confirmed;
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        if (request.length < 3 || request[0] < VERSION || request[1] < 0) {
            throw new IllegalArgumentException("no news of an account");
        }
        Jid account = Jid.of(new String(request, 2, request.length - 2, StandardCharsets.UTF_8));
        if (request[1] < Event.values().length) { // else of a later version
            here(Event.values()[request[1]], account);
        }
        return CompletableFuture.completedFuture(new byte[0]);
    }
}
