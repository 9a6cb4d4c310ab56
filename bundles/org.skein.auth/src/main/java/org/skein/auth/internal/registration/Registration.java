package org.skein.auth.internal.registration;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountException;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.VirtualHosts;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.StreamFeatures;
import org.skein.auth.internal.AuthSettings;
import org.skein.auth.internal.account.DefaultAccounts;
import org.skein.auth.internal.limit.PeerAddress;
import org.skein.auth.internal.limit.RecentCounts;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In-band registration (XEP-0077). Before login, where {@code registration} is on: makes accounts, at most
 * {@code registration-rate} for an address and minute; an attempt counts whatever comes of it, or one could find out who
 * has an account here. The name of an administrator is as good as taken, whether its account is there or not: an operator
 * makes it, and nobody learns who administers. After login a user may change the password; and remove the account, where registration is on.
 */
@Component(service = {IqHandler.class, StreamFeatures.class, DiscoContributor.class})
public final class Registration implements IqHandler, StreamFeatures, DiscoContributor {
    private static final Element FEATURE = Element.of("register", "http://jabber.org/features/iq-register");
    private static final int MAX_ADDRESSES = 10_000;
    private static final PeerAddress UNKNOWN = new PeerAddress("unknown");
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final AuthSettings settings;
    private final DefaultAccounts accounts;
    private final VirtualHosts hosts;
    private final RecentCounts<PeerAddress> attempts;

    @Activate
    public Registration(
            @Reference AuthSettings settings, @Reference DefaultAccounts accounts, @Reference VirtualHosts hosts) {
        this(settings, accounts, hosts, System::nanoTime);
    }

    Registration(AuthSettings settings, DefaultAccounts accounts, VirtualHosts hosts, LongSupplier nanoTime) {
        this.settings = settings;
        this.accounts = accounts;
        this.hosts = hosts;
        this.attempts = new RecentCounts<>(MAX_ADDRESSES, nanoTime);
    }

    /** Not offered where the password would be sent in the clear, unless that is allowed. */
    @Override
    public List<Element> features(Phase phase, String host, boolean encrypted) {
        boolean isOffered =
                phase == Phase.BEFORE_LOGIN && settings.registration() && (encrypted || settings.plainWithoutTls());
        return isOffered ? List.of(FEATURE) : List.of();
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (settings.registration() && request.isHost() && request.node().isEmpty()) {
            info.feature(RegistrationForm.NAMESPACE);
        }
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.STREAM, Target.HOST, Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(RegistrationForm.NAMESPACE);
    }

    @Override
    public boolean accepts(IqRequest request) {
        return request.payload().name().equals("query");
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        return request.target() == Target.STREAM ? beforeLogin(request) : afterLogin(request);
    }

    private CompletionStage<Optional<Element>> beforeLogin(IqRequest request) {
        if (!settings.registration()) {
            throw new StanzaException(Condition.SERVICE_UNAVAILABLE, "accounts are not made in-band here");
        }
        if (request.isGet()) {
            return CompletableFuture.completedFuture(Optional.of(RegistrationForm.empty()));
        }
        if (RegistrationForm.isRemoval(request.payload())) {
            throw new StanzaException(Condition.UNEXPECTED_REQUEST, "log in before removing the account");
        }
        return create(request, RegistrationForm.of(request.payload()));
    }

    private CompletionStage<Optional<Element>> create(IqRequest request, RegistrationForm form) {
        if (form.username().isEmpty() || form.password().isEmpty()) {
            throw new StanzaException(Condition.NOT_ACCEPTABLE, "user name and password are required");
        }
        PeerAddress address = PeerAddress.of(request.remoteAddress()).orElse(UNKNOWN);
        int rate = settings.registrationRate();
        if (rate > 0 && attempts.add(address) > rate) {
            log.debug("what=registration_refused address={}", address.text());
            throw new StanzaException(Condition.RESOURCE_CONSTRAINT, "too many new accounts; try again in a minute");
        }
        Jid account = account(form.username(), request.subject().domain());
        if (hosts.isAdmin(account)) { // whoever made it would be one
            log.warn("what=registration_refused account={} address={} reason=is_admin", account, address.text());
            throw notAvailable();
        }
        return answered(accounts.create(account, form.password())
                .thenRun(() -> log.info("what=account_registered account={} address={}", account, address.text())));
    }

    private static StanzaException notAvailable() {
        return new StanzaException(Condition.CONFLICT, "the user name is taken or reserved");
    }

    private static Jid account(String username, String host) {
        try {
            return Jid.of(username, host, "");
        } catch (IllegalArgumentException notALocalPart) {
            throw new StanzaException(Condition.NOT_ACCEPTABLE, "not allowed as a user name");
        }
    }

    private CompletionStage<Optional<Element>> afterLogin(IqRequest request) {
        Jid user = request.from().bare();
        boolean isAboutOwnAccount = request.target() == Target.ACCOUNT
                ? request.isOwner()
                : user.hasLocal() && user.domain().equals(request.subject().domain());
        if (!isAboutOwnAccount) {
            throw new StanzaException(Condition.FORBIDDEN);
        }
        if (request.isGet()) {
            return CompletableFuture.completedFuture(Optional.of(RegistrationForm.registered(user.local())));
        }
        return RegistrationForm.isRemoval(request.payload())
                ? remove(user, request.payload())
                : changePassword(user, RegistrationForm.of(request.payload()));
    }

    private CompletionStage<Optional<Element>> changePassword(Jid user, RegistrationForm form) {
        if (form.username().isEmpty() || form.password().isEmpty()) {
            throw new StanzaException(Condition.BAD_REQUEST, "user name and password are required");
        }
        if (!account(form.username(), user.domain()).equals(user)) {
            throw new StanzaException(Condition.FORBIDDEN, "the user name is not yours");
        }
        return answered(accounts.setPassword(user, form.password()));
    }

    private CompletionStage<Optional<Element>> remove(Jid user, Element query) {
        if (!settings.registration()) {
            throw new StanzaException(Condition.NOT_ALLOWED, "accounts are not removed in-band here");
        }
        if (query.children().size() > 1) { // XEP-0077 §3.2
            throw new StanzaException(Condition.BAD_REQUEST, "<remove/> stands alone");
        }
        CompletableFuture<Optional<Element>> answer = new CompletableFuture<>();
        accounts.remove(user).whenComplete((tellListeners, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(stanzaError(failure));
                return;
            }
            answer.complete(Optional.empty()); // first, so that the user reads it before the session ends
            tellListeners.run();
        });
        return answer;
    }

    private static CompletionStage<Optional<Element>> answered(CompletionStage<Void> done) {
        CompletableFuture<Optional<Element>> answer = new CompletableFuture<>();
        done.whenComplete((nothing, failure) -> {
            if (failure == null) {
                answer.complete(Optional.empty());
            } else {
                answer.completeExceptionally(stanzaError(failure));
            }
        });
        return answer;
    }

    private static Throwable stanzaError(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof AccountException e)) {
            return cause;
        }
        return switch (e.reason()) {
            case EXISTS -> notAvailable();
            case INVALID -> new StanzaException(Condition.NOT_ACCEPTABLE, e.getMessage());
            case NOT_FOUND -> new StanzaException(Condition.REGISTRATION_REQUIRED);
            case UNKNOWN_HOST -> new StanzaException(Condition.ITEM_NOT_FOUND);
        };
    }
}
