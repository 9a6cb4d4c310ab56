package org.skein.session.internal;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.AccountState;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.NonzaHandler;
import org.skein.api.session.RemotePresenceListener;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.StreamFeatures;
import org.skein.xmpp.Stanza;

/** The processors and other SPIs in use, as arrays made when one comes or goes. Any thread reads. */
final class Chains {
    private static final int KINDS = Stanza.Kind.values().length;

    private volatile ClientProcessor[][] client;
    private volatile AccountProcessor[][] account;
    private volatile AccountProcessor[][] accountOnce;
    private volatile AccountProcessor[][] accountEach;
    private volatile RemotePresenceListener[] remotePresence = {};
    private volatile SessionTransfer[] transfers = {};
    private volatile DeliveryProcessor[][] delivery;
    private volatile SessionListener[] listeners = {};
    private volatile StreamFeatures[] features = {};
    private volatile AccountState<?>[] states = {};
    private volatile Map<String, NonzaHandler> nonzas = Map.of();

    Chains() {
        client(List.of());
        account(List.of());
        delivery(List.of());
    }

    private static <P> P[][] byKind(
            List<P> all, ToIntFunction<P> order, Function<P, Set<Stanza.Kind>> kinds, IntFunction<P[]> array) {
        @SuppressWarnings("unchecked")
        P[][] result =
                (P[][]) java.lang.reflect.Array.newInstance(array.apply(0).getClass(), KINDS);
        for (Stanza.Kind kind : Stanza.Kind.values()) {
            result[kind.ordinal()] = all.stream()
                    .filter(p -> kinds.apply(p).contains(kind))
                    .sorted(Comparator.comparingInt(order))
                    .toArray(array);
        }
        return result;
    }

    void client(List<ClientProcessor> all) {
        client = byKind(all, ClientProcessor::order, ClientProcessor::kinds, ClientProcessor[]::new);
    }

    void account(List<AccountProcessor> all) {
        account = byKind(all, AccountProcessor::order, AccountProcessor::kinds, AccountProcessor[]::new);
        List<AccountProcessor> once = all.stream().filter(p -> !p.onEachNode()).toList();
        accountOnce = byKind(once, AccountProcessor::order, AccountProcessor::kinds, AccountProcessor[]::new);
        List<AccountProcessor> each =
                all.stream().filter(AccountProcessor::onEachNode).toList();
        accountEach = byKind(each, AccountProcessor::order, AccountProcessor::kinds, AccountProcessor[]::new);
    }

    void delivery(List<DeliveryProcessor> all) {
        delivery = byKind(all, DeliveryProcessor::order, DeliveryProcessor::kinds, DeliveryProcessor[]::new);
    }

    void remotePresence(List<RemotePresenceListener> all) {
        remotePresence = all.toArray(new RemotePresenceListener[0]);
    }

    void transfers(List<SessionTransfer> all) {
        transfers = all.toArray(new SessionTransfer[0]);
    }

    void listeners(List<SessionListener> all) {
        listeners = all.toArray(new SessionListener[0]);
    }

    void features(List<StreamFeatures> all) {
        features = all.toArray(new StreamFeatures[0]);
    }

    void states(List<AccountState<?>> all) {
        states = all.toArray(new AccountState<?>[0]);
    }

    void nonzas(List<NonzaHandler> all) {
        Map<String, NonzaHandler> fresh = new HashMap<>();
        all.forEach(h -> h.namespaces().forEach(n -> fresh.put(n, h)));
        nonzas = fresh;
    }

    ClientProcessor[] client(Stanza stanza) {
        return client[stanza.kind().ordinal()];
    }

    /** False once its bundle has taken it away. */
    boolean has(ClientProcessor processor) {
        return isIn(client, processor);
    }

    /** False once its bundle has taken it away. */
    boolean has(AccountProcessor processor) {
        return isIn(account, processor);
    }

    private static boolean isIn(Object[][] byKind, Object processor) {
        for (Object[] all : byKind) {
            for (Object one : all) if (one == processor) return true;
        }
        return false;
    }

    /** All, in their order: for presence at the node of the sessions. */
    AccountProcessor[] account(Stanza stanza) {
        return account[stanza.kind().ordinal()];
    }

    /** Those called once, at the sender's node. */
    AccountProcessor[] accountOnce(Stanza stanza) {
        return accountOnce[stanza.kind().ordinal()];
    }

    /** Those called on each node. */
    AccountProcessor[] accountEach(Stanza stanza) {
        return accountEach[stanza.kind().ordinal()];
    }

    RemotePresenceListener[] remotePresence() {
        return remotePresence;
    }

    SessionTransfer[] transfers() {
        return transfers;
    }

    DeliveryProcessor[] delivery(Stanza stanza) {
        return delivery[stanza.kind().ordinal()];
    }

    SessionListener[] listeners() {
        return listeners;
    }

    StreamFeatures[] features() {
        return features;
    }

    AccountState<?>[] states() {
        return states;
    }

    /** The handler of a namespace, or null. */
    NonzaHandler nonza(String namespace) {
        return nonzas.get(namespace);
    }
}
