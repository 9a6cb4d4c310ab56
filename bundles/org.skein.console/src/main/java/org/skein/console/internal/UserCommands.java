package org.skein.console.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.skein.api.auth.Accounts;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/**
 * What {@code bin/skein user …} asks, in the words scripts rely on. At the console {@code user:*} are commands of
 * {@code org.skein.adhoc}.
 */
@Component(service = UserCommands.class)
public final class UserCommands {
    private static final int PAGE = 500;
    private static final long WAIT_S = 30;

    private final ServiceTracker<Accounts, Accounts> accounts;
    private final ServiceTracker<VirtualHosts, VirtualHosts> hosts;

    @Activate
    public UserCommands(BundleContext context) {
        accounts = new ServiceTracker<>(context, Accounts.class, null);
        hosts = new ServiceTracker<>(context, VirtualHosts.class, null);
        accounts.open();
        hosts.open();
    }

    @Deactivate
    void deactivate() {
        accounts.close();
        hosts.close();
    }

    public String add(String jid, String password) throws Exception {
        await(service(accounts).create(bare(jid), password));
        return "added " + jid;
    }

    public String passwd(String jid, String password) throws Exception {
        await(service(accounts).setPassword(bare(jid), password));
        return "changed " + jid;
    }

    public String remove(String jid) throws Exception {
        await(service(accounts).delete(bare(jid)));
        return "removed " + jid;
    }

    public String list() throws Exception {
        List<String> all = new ArrayList<>();
        for (String domain : new TreeSet<>(service(hosts).domains())) {
            all.add(list(domain));
        }
        return all.stream().filter(l -> !l.isEmpty()).collect(Collectors.joining("\n"));
    }

    public String list(String domain) throws Exception {
        List<Jid> all = new ArrayList<>();
        List<Jid> page = await(service(accounts).list(domain, Optional.empty(), PAGE));
        while (!page.isEmpty()) {
            all.addAll(page);
            page = await(service(accounts).list(domain, Optional.of(page.get(page.size() - 1)), PAGE));
        }
        return all.stream().map(Jid::toString).collect(Collectors.joining("\n"));
    }

    /** How many accounts there are in all domains. */
    long count() throws Exception {
        long count = 0;
        for (String domain : service(hosts).domains()) {
            count += await(service(accounts).count(domain));
        }
        return count;
    }

    private static Jid bare(String text) {
        Jid jid = Jid.of(text);
        if (jid.local().isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is no address of an account, such as anna@localhost");
        }
        return jid.bare();
    }

    /** A node that is just starting has its services in a moment. */
    private static <T> T service(ServiceTracker<T, T> tracker) throws InterruptedException {
        T service = tracker.waitForService(TimeUnit.SECONDS.toMillis(WAIT_S));
        if (service == null) {
            throw new IllegalStateException("accounts are not available now: the database or a bundle is missing");
        }
        return service;
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(WAIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer from the database within " + WAIT_S + " s", e);
        }
    }
}
