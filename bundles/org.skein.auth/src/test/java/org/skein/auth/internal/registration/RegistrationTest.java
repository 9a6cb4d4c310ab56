package org.skein.auth.internal.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.auth.internal.AuthFixture.ADMIN;
import static org.skein.auth.internal.AuthFixture.HOST;
import static org.skein.auth.internal.AuthFixture.PASSWORD;
import static org.skein.auth.internal.AuthFixture.USER;
import static org.skein.auth.internal.AuthFixture.failure;
import static org.skein.auth.internal.AuthFixture.get;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.api.auth.AccountListener;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.StreamFeatures.Phase;
import org.skein.api.storage.StorageException;
import org.skein.auth.internal.AuthFixture;
import org.skein.auth.internal.account.DefaultAccounts;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

class RegistrationTest {
    private static final String NS = "jabber:iq:register";

    private final AuthFixture auth = new AuthFixture();
    private final List<String> events = new ArrayList<>();
    private final AccountListener listener = new AccountListener() {
        @Override
        public void accountRemoved(Jid account) {
            events.add("removed " + account);
        }
    };
    private final DefaultAccounts accounts = auth.accounts(listener);
    private final Registration registration = new Registration(auth.settings, accounts, auth.hosts, () -> auth.nanos);

    @AfterEach
    void stop() {
        auth.close();
    }

    private static Element fields(String username, String password) {
        return Element.builder("query", NS)
                .child("username", username)
                .child("password", password)
                .build();
    }

    private static Element removal() {
        return Element.builder("query", NS).child("remove", "").build();
    }

    private static Element empty() {
        return Element.of("query", NS);
    }

    private static IqRequest beforeLogin(String type, Element query, String ip) {
        Stanza iq = Stanza.iq().type(type).id("1").add(query).build();
        return new IqRequest(iq, Target.STREAM, Jid.of(HOST), Optional.of(new InetSocketAddress(ip, 40000)));
    }

    private static IqRequest afterLogin(String type, Element query, Target target, Jid from) {
        Stanza iq = Stanza.iq()
                .type(type)
                .id("1")
                .from(from.withResource("home"))
                .add(query)
                .build();
        return new IqRequest(iq, target, target == Target.HOST ? Jid.of(HOST) : USER, Optional.empty());
    }

    private CompletionStage<Optional<Element>> register(String username, String password) {
        return ask(beforeLogin("set", fields(username, password), "192.0.2.1"));
    }

    /** As the dispatcher does: what is thrown is as good as a stage that fails. */
    private CompletionStage<Optional<Element>> ask(IqRequest request) {
        try {
            return registration.handle(request);
        } catch (StanzaException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static void assertError(Condition condition, CompletionStage<?> stage) {
        assertEquals(condition, error(stage).condition());
    }

    private static StanzaError error(CompletionStage<?> stage) {
        return assertInstanceOf(StanzaException.class, failure(stage)).error();
    }

    @Test // XEP-0077 §3.1
    void aNewcomerIsAskedForNameAndPasswordInBothForms() {
        Element query = get(ask(beforeLogin("get", empty(), "192.0.2.1"))).orElseThrow();
        assertTrue(query.child("username", NS).isPresent());
        assertTrue(query.child("password", NS).isPresent());
        assertFalse(query.childText("instructions", NS).isEmpty());
        Element form = query.child("x", "jabber:x:data").orElseThrow();
        assertEquals("form", form.attribute("type").orElseThrow());
        List<String> names = form.children().stream()
                .filter(e -> e.name().equals("field"))
                .map(e -> e.attribute("var", ""))
                .toList();
        assertEquals(List.of("FORM_TYPE", "username", "password"), names);
        assertEquals(NS, form.child("field", "jabber:x:data").orElseThrow().childText("value", "jabber:x:data"));
    }

    @Test // XEP-0077 §3.1
    void nameAndPasswordMakeAnAccount() {
        assertEquals(Optional.empty(), get(register("User", PASSWORD)));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @Test // XEP-0077 §4
    void aSubmittedFormMakesAnAccount() {
        String data = "jabber:x:data";
        Element form = Element.builder("x", data)
                .attribute("type", "submit")
                .child(Element.builder("field", data)
                        .attribute("var", "username")
                        .child("value", "user")
                        .build())
                .child(Element.builder("field", data)
                        .attribute("var", "password")
                        .child("value", PASSWORD)
                        .build())
                .build();
        get(ask(beforeLogin("set", empty().with(form), "192.0.2.1")));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @Test
    void aNameThatIsTakenIsAConflict() {
        auth.withUser();
        assertError(Condition.CONFLICT, register("user", "another"));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @Test // or the first to ask would administer the server
    void theNameOfAnAdministratorIsRefusedAsIfItWereTaken() {
        StanzaError absent = error(register("Chief", PASSWORD));
        assertEquals(Condition.CONFLICT, absent.condition());
        assertFalse(get(accounts.exists(ADMIN)));

        get(accounts.create(ADMIN, PASSWORD)); // as an operator does
        assertEquals(absent, error(register("chief", "another")));
        assertTrue(get(accounts.verify(ADMIN, PASSWORD)));
    }

    @Test
    void whatIsMissingOrNotAllowedIsNotAcceptable() {
        assertError(Condition.NOT_ACCEPTABLE, register("", PASSWORD));
        assertError(Condition.NOT_ACCEPTABLE, register("user", ""));
        auth.config.registrationRate = 0;
        assertError(Condition.NOT_ACCEPTABLE, register("us@er", PASSWORD));
        assertError(Condition.NOT_ACCEPTABLE, register("user", "pen\tcil"));
        assertError(Condition.NOT_ACCEPTABLE, ask(beforeLogin("set", empty(), "192.0.2.1")));
    }

    @Test
    void removalNeedsALogin() {
        assertError(Condition.UNEXPECTED_REQUEST, ask(beforeLogin("set", removal(), "192.0.2.1")));
    }

    @Test
    void whereItIsOffThereIsNoSuchService() {
        auth.config.registration = false;
        assertError(Condition.SERVICE_UNAVAILABLE, register("user", PASSWORD));
        assertError(Condition.SERVICE_UNAVAILABLE, ask(beforeLogin("get", empty(), "192.0.2.1")));
        assertFalse(get(accounts.exists(USER)));
        assertEquals(List.of(), registration.features(Phase.BEFORE_LOGIN, HOST, true));
        assertEquals(List.of(), disco());
    }

    @Test
    void itIsAdvertisedWhereItIsOn() {
        assertEquals(
                List.of(Element.of("register", "http://jabber.org/features/iq-register")),
                registration.features(Phase.BEFORE_LOGIN, HOST, true));
        assertEquals(List.of(), registration.features(Phase.AFTER_LOGIN, HOST, true));
        assertEquals(List.of(), registration.features(Phase.BEFORE_LOGIN, HOST, false));
        auth.config.plainWithoutTls = true;
        assertEquals(1, registration.features(Phase.BEFORE_LOGIN, HOST, false).size());
        assertEquals(List.of(NS), disco());
    }

    private List<String> disco() {
        List<String> features = new ArrayList<>();
        registration.info(new DiscoRequest(Target.HOST, Jid.of(HOST), "", USER), new CollectedInfo(features));
        registration.info(new DiscoRequest(Target.HOST, Jid.of(HOST), "node", USER), new CollectedInfo(features));
        registration.info(new DiscoRequest(Target.ACCOUNT, USER, "", USER), new CollectedInfo(features));
        return features;
    }

    @Test
    void anAddressMakesSoManyAccountsInAMinute() {
        for (int i = 0; i < 3; i++) {
            get(register("user" + i, PASSWORD));
        }
        assertError(Condition.RESOURCE_CONSTRAINT, register("user", PASSWORD));
        get(ask(beforeLogin("set", fields("other", PASSWORD), "192.0.2.2")));
        auth.nanos += 60_000_000_000L;
        get(register("user", PASSWORD));
    }

    @Test
    void askingWhetherNamesAreTakenIsLimitedToo() {
        auth.withUser();
        for (int i = 0; i < 3; i++) {
            assertError(Condition.CONFLICT, register("user", PASSWORD));
        }
        assertError(Condition.RESOURCE_CONSTRAINT, register("user", PASSWORD));
    }

    @Test
    void zeroMeansNoLimit() {
        auth.config.registrationRate = 0;
        for (int i = 0; i < 10; i++) {
            get(register("user" + i, PASSWORD));
        }
        assertEquals(10, get(accounts.count(HOST)));
    }

    @Test
    void aDatabaseThatIsDownIsSaid() {
        auth.storage.available(false);
        assertInstanceOf(StorageException.class, failure(register("user", PASSWORD)));
    }

    @Test // XEP-0077 §3.1.1
    void aUserIsToldThatHeIsRegistered() {
        for (Target target : List.of(Target.HOST, Target.ACCOUNT)) {
            Element query = get(ask(afterLogin("get", empty(), target, USER))).orElseThrow();
            assertTrue(query.child("registered", NS).isPresent());
            assertEquals("user", query.childText("username", NS));
        }
    }

    @Test // XEP-0077 §3.3
    void aUserChangesThePasswordAlsoWhereRegistrationIsOff() {
        auth.withUser();
        auth.config.registration = false;
        get(ask(afterLogin("set", fields("user", "crayon"), Target.HOST, USER)));
        assertTrue(get(accounts.verify(USER, "crayon")));
        get(ask(afterLogin("set", fields("USER", "chalk"), Target.ACCOUNT, USER)));
        assertTrue(get(accounts.verify(USER, "chalk")));
        assertEquals(List.of(), events);
    }

    @Test
    void aPasswordChangeNamesTheUserAndAPasswordThatIsAllowed() {
        auth.withUser();
        assertError(Condition.BAD_REQUEST, ask(afterLogin("set", empty(), Target.HOST, USER)));
        assertError(Condition.BAD_REQUEST, ask(afterLogin("set", fields("user", ""), Target.HOST, USER)));
        assertError(Condition.NOT_ACCEPTABLE, ask(afterLogin("set", fields("user", "a\tb"), Target.HOST, USER)));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @Test
    void nobodyTouchesAnotherAccount() {
        auth.withUser();
        Jid other = Jid.of("other@example.net");
        Jid stranger = Jid.of("user@elsewhere.example");
        get(accounts.create(other, PASSWORD));
        assertError(Condition.FORBIDDEN, ask(afterLogin("set", fields("user", "mine"), Target.HOST, other)));
        assertError(Condition.FORBIDDEN, ask(afterLogin("set", fields("user", "mine"), Target.ACCOUNT, other)));
        assertError(Condition.FORBIDDEN, ask(afterLogin("set", removal(), Target.ACCOUNT, other)));
        assertError(Condition.FORBIDDEN, ask(afterLogin("set", removal(), Target.HOST, stranger)));
        assertError(Condition.FORBIDDEN, ask(afterLogin("get", empty(), Target.HOST, stranger)));
        assertTrue(get(accounts.verify(USER, PASSWORD)));
    }

    @Test // XEP-0077 §3.2
    void aUserRemovesTheAccount() {
        auth.withUser();
        get(ask(afterLogin("set", removal(), Target.ACCOUNT, USER)));
        assertFalse(get(accounts.exists(USER)));
        assertEquals(List.of("removed user@example.net"), events);
    }

    @Test
    void theAnswerToARemovalIsGivenBeforeTheListenerEndsTheSessions() {
        List<Runnable> later = new ArrayList<>();
        AuthFixture delayed = new AuthFixture(later::add);
        Registration delayedRegistration =
                new Registration(delayed.settings, delayed.accounts(listener), delayed.hosts, () -> 0);
        delayed.storage.accounts().create(USER, List.of());
        delayedRegistration
                .handle(afterLogin("set", removal(), Target.ACCOUNT, USER))
                .thenAccept(answer -> events.add("answered"));
        while (!later.isEmpty()) {
            later.remove(0).run();
        }
        assertEquals(List.of("answered", "removed user@example.net"), events);
        delayed.close();
    }

    @Test
    void removalIsRefusedWithOtherFieldsOrWhereRegistrationIsOff() {
        auth.withUser();
        Element more = removal().with(Element.of("username", NS, "user"));
        assertError(Condition.BAD_REQUEST, ask(afterLogin("set", more, Target.HOST, USER)));
        auth.config.registration = false;
        assertError(Condition.NOT_ALLOWED, ask(afterLogin("set", removal(), Target.HOST, USER)));
        assertTrue(get(accounts.exists(USER)));
    }

    @Test
    void removalOfWhatIsGoneAlreadyIsRegistrationRequired() {
        assertError(Condition.REGISTRATION_REQUIRED, ask(afterLogin("set", removal(), Target.HOST, USER)));
    }

    @Test
    void onlyQueriesAreAccepted() {
        assertTrue(registration.accepts(beforeLogin("get", empty(), "192.0.2.1")));
        assertFalse(registration.accepts(beforeLogin("get", Element.of("x", NS), "192.0.2.1")));
    }

    private record CollectedInfo(List<String> features) implements DiscoInfo {
        @Override
        public DiscoInfo identity(String category, String type, String name) {
            return this;
        }

        @Override
        public DiscoInfo feature(String feature) {
            features.add(feature);
            return this;
        }

        @Override
        public DiscoInfo features(Collection<String> more) {
            features.addAll(more);
            return this;
        }

        @Override
        public DiscoInfo form(Element form) {
            return this;
        }

        @Override
        public DiscoInfo found() {
            return this;
        }
    }
}
