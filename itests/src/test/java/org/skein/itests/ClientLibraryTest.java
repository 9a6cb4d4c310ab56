package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jivesoftware.smack.filter.MessageTypeFilter;
import org.jivesoftware.smack.filter.StanzaTypeFilter;
import org.jivesoftware.smack.packet.IQ;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.MessageBuilder;
import org.jivesoftware.smack.packet.Presence;
import org.jivesoftware.smack.roster.Roster;
import org.jivesoftware.smack.roster.RosterEntry;
import org.jivesoftware.smack.roster.packet.RosterPacket;
import org.jivesoftware.smack.roster.rosterstore.DirectoryRosterStore;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.delay.packet.DelayInformation;
import org.jivesoftware.smackx.hints.element.NoStoreHint;
import org.jivesoftware.smackx.hints.element.StoreHint;
import org.jivesoftware.smackx.sid.element.OriginIdElement;
import org.jivesoftware.smackx.sid.element.StanzaIdElement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxmpp.jid.BareJid;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;

/** What its integration suite does not try, with Smack as a program would use it. */
class ClientLibraryTest extends OnSharedNode {
    @TempDir
    Path folder;

    private final List<XMPPTCPConnection> connections = new ArrayList<>();
    private String romeosName;
    private String julietsName;
    private XMPPTCPConnection romeo;

    @BeforeEach
    void makeUsers() throws Exception {
        romeosName = StanzaClient.register(server);
        julietsName = StanzaClient.register(server);
        romeo = logIn(romeosName, "orchard");
    }

    @AfterEach
    void hangUp() {
        connections.forEach(XMPPTCPConnection::disconnect);
    }

    private XMPPTCPConnection logIn(String name, String resource) throws Exception {
        XMPPTCPConnection connection = Clients.logIn(server, name, StanzaClient.PASSWORD, resource);
        connections.add(connection);
        return connection;
    }

    /** Not logged in, so that listeners are there before anything comes. */
    private XMPPTCPConnection connection(String name) throws Exception {
        XMPPTCPConnection connection = new XMPPTCPConnection(Clients.configuration(server)
                .setUsernameAndPassword(name, StanzaClient.PASSWORD)
                .setResource("balcony")
                .build());
        connections.add(connection);
        return connection;
    }

    private static BareJid address(String name) throws Exception {
        return JidCreate.bareFrom(name + "@localhost");
    }

    private MessageBuilder message(String body) throws Exception {
        return romeo.getStanzaFactory()
                .buildMessageStanza()
                .to(address(julietsName))
                .ofType(Message.Type.chat)
                .setBody(body);
    }

    private static BlockingQueue<Message> messages(XMPPTCPConnection connection) {
        BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        connection.addSyncStanzaListener(s -> received.add((Message) s), MessageTypeFilter.NORMAL_OR_CHAT);
        return received;
    }

    private static <T> T next(BlockingQueue<T> received) throws InterruptedException {
        T one = received.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertNotNull(one, "it comes");
        return one;
    }

    @Test // XEP-0334 §4
    void hintsSayWhatWaitsForWhoIsAway() throws Exception {
        MessageBuilder secret = message("secret");
        secret.addExtension(NoStoreHint.INSTANCE);
        MessageBuilder bare = romeo.getStanzaFactory()
                .buildMessageStanza()
                .to(address(julietsName))
                .ofType(Message.Type.chat);
        bare.addExtension(StoreHint.INSTANCE);
        romeo.sendStanza(secret.build());
        romeo.sendStanza(bare.build());
        romeo.sendStanza(message("last").build());

        XMPPTCPConnection juliet = connection(julietsName);
        BlockingQueue<Message> hers = messages(juliet);
        juliet.connect();
        juliet.login();
        Message first = next(hers);
        assertTrue(StoreHint.hasHint(first), first.toString());
        assertEquals("last", next(hers).getBody());
    }

    @Test // XEP-0359 §3, XEP-0203
    void messagesHaveOneStanzaIdByTheAccountNowAndLater() throws Exception {
        XMPPTCPConnection juliet = logIn(julietsName, "balcony");
        BlockingQueue<Message> hers = messages(juliet);
        MessageBuilder now = message("now");
        String origin = OriginIdElement.addTo(now).getId();
        now.addExtension(new StanzaIdElement("forged", julietsName + "@localhost"));
        romeo.sendStanza(now.build());
        Message online = next(hers);
        assertEquals(origin, OriginIdElement.getOriginId(online).getId());
        String first = onlyId(online);
        juliet.disconnect();

        romeo.sendStanza(message("later").build());
        XMPPTCPConnection again = connection(julietsName);
        BlockingQueue<Message> waiting = messages(again);
        again.connect();
        again.login();
        Message offline = next(waiting);
        if (offline.getBody().equals("now")) offline = next(waiting); // she had not confirmed it when she went
        assertEquals("later", offline.getBody());
        assertEquals("localhost", DelayInformation.from(offline).getFrom());
        String second = onlyId(offline);
        assertFalse(first.equals(second) || first.equals("forged"), first + " and " + second);
    }

    private String onlyId(Message message) {
        List<StanzaIdElement> ids = message.getExtensions(StanzaIdElement.class);
        assertEquals(1, ids.size(), message::toString);
        assertEquals(julietsName + "@localhost", ids.get(0).getBy());
        return ids.get(0).getId();
    }

    @Test // RFC 6121 §2.6
    void aRosterThatDidNotChangeIsNotSentAgainAndWhatChangedIs() throws Exception {
        XMPPTCPConnection first = connection(julietsName);
        DirectoryRosterStore store = DirectoryRosterStore.init(folder.toFile());
        Roster roster = Roster.getInstanceFor(first);
        roster.setRosterStore(store);
        first.connect();
        first.login();
        assertTrue(roster.isRosterVersioningSupported());
        roster.createItemAndRequestSubscription(address(romeosName), "My Romeo", new String[] {"Montague"});
        Await.until(
                "it is stored", () -> store.getEntry(address(romeosName)) != null && store.getRosterVersion() != null);
        first.disconnect();

        XMPPTCPConnection second = connection(julietsName); // without a store
        Queue<IQ> whole = wholeRosters(second);
        Roster changed = Roster.getInstanceFor(second);
        second.connect();
        second.login();
        Await.until("the roster has come", () -> changed.getEntry(address(romeosName)) != null);
        assertFalse(whole.isEmpty(), "all of it, for who has none");
        changed.getEntry(address(romeosName)).setName("Romeo");
        second.disconnect();

        XMPPTCPConnection third = connection(julietsName);
        Queue<IQ> none = wholeRosters(third);
        Roster kept = Roster.getInstanceFor(third);
        kept.setRosterStore(DirectoryRosterStore.open(folder.toFile()));
        third.connect();
        third.login();
        Await.until("the change has come", () -> {
            RosterEntry entry = kept.getEntry(address(romeosName));
            return entry != null && "Romeo".equals(entry.getName());
        });
        assertEquals(List.of(), List.copyOf(none), "the change, and not all of it");
    }

    /** Pushes are requests, and so not among them. */
    private static Queue<IQ> wholeRosters(XMPPTCPConnection connection) {
        Queue<IQ> seen = new ConcurrentLinkedQueue<>();
        connection.addSyncStanzaListener(
                s -> seen.add((IQ) s), s -> s instanceof RosterPacket roster && roster.getType() == IQ.Type.result);
        return seen;
    }

    @Test // RFC 6121 §3.4
    void aContactApprovedInAdvanceIsSubscribedAtOnce() throws Exception {
        XMPPTCPConnection juliet = logIn(julietsName, "balcony");
        Roster hers = Roster.getInstanceFor(juliet);
        hers.setSubscriptionMode(Roster.SubscriptionMode.manual);
        assertTrue(hers.isSubscriptionPreApprovalSupported());
        hers.preApproveAndCreateEntry(address(romeosName), "My Romeo", new String[0]);
        Await.until("it is in her roster", () -> {
            RosterEntry entry = hers.getEntry(address(romeosName));
            return entry != null && entry.isApproved();
        });

        Roster his = Roster.getInstanceFor(romeo);
        his.createItemAndRequestSubscription(address(julietsName), "Juliet", new String[0]);
        Await.until("he sees her", () -> his.getPresence(address(julietsName)).isAvailable());
        Await.until(
                "and she shows herself",
                () -> hers.getEntry(address(romeosName)).canSeeMyPresence());
    }

    @Test // RFC 6121 §4.6
    void presenceDirectedToAStrangerIsSeenAndItsEndAsWell() throws Exception {
        XMPPTCPConnection juliet = logIn(julietsName, "balcony");
        BlockingQueue<Presence> seen = new LinkedBlockingQueue<>();
        juliet.addSyncStanzaListener(
                s -> {
                    if (romeosName.equals(s.getFrom().getLocalpartOrNull().toString())) seen.add((Presence) s);
                },
                StanzaTypeFilter.PRESENCE);
        romeo.sendStanza(romeo.getStanzaFactory()
                .buildPresenceStanza()
                .to(juliet.getUser())
                .setMode(Presence.Mode.chat)
                .setStatus("beneath thy window")
                .build());
        Presence here = next(seen);
        assertEquals(romeo.getUser(), here.getFrom());
        assertEquals(Presence.Mode.chat, here.getMode());
        assertEquals("beneath thy window", here.getStatus());

        romeo.disconnect();
        Presence gone = next(seen);
        assertEquals(Presence.Type.unavailable, gone.getType());
    }
}
