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
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.skein.api.auth.Accounts;
import org.skein.api.component.VirtualHosts;
import org.skein.xmpp.Jid;

/** {@code user:add}, {@code user:passwd}, {@code user:remove}, {@code user:list}. */
@Component(
        service = UserCommands.class,
        property = {
            "osgi.command.scope=user",
            "osgi.command.function=add",
            "osgi.command.function=passwd",
            "osgi.command.function=remove",
            "osgi.command.function=list"
        })
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

    @Descriptor("adds an account")
    public String add(@Descriptor("its address") String jid, @Descriptor("its password") String password)
            throws Exception {
        await(service(accounts).create(bare(jid), password));
        return "added " + jid;
    }

    @Descriptor("gives an account a new password")
    public String passwd(@Descriptor("its address") String jid, @Descriptor("the password") String password)
            throws Exception {
        await(service(accounts).setPassword(bare(jid), password));
        return "changed " + jid;
    }

    @Descriptor("removes an account with all it owns")
    public String remove(@Descriptor("its address") String jid) throws Exception {
        await(service(accounts).delete(bare(jid)));
        return "removed " + jid;
    }

    @Descriptor("lists the accounts of all domains")
    public String list() throws Exception {
        List<String> all = new ArrayList<>();
        for (String domain : new TreeSet<>(service(hosts).domains())) {
            all.add(list(domain));
        }
        return all.stream().filter(l -> !l.isEmpty()).collect(Collectors.joining("\n"));
    }

    @Descriptor("lists the accounts of a domain")
    public String list(@Descriptor("the domain") String domain) throws Exception {
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
