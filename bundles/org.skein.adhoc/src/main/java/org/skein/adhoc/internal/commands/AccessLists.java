package org.skein.adhoc.internal.commands;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.ComponentDomains;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.component.VirtualHosts;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blacklist and the whitelist of the server (XEP-0133 §4.11, §4.12): in the database, so of all nodes and kept. The
 * router asks only while one of them has entries. What another node changed is known here at once where the command
 * reached this node, else within {@link #REFRESH_SECONDS}.
 */
@Component(service = AccessLists.class, immediate = true)
public final class AccessLists {
    /** Which. */
    enum Which {
        /** Who may not communicate. */
        BLACKLIST,
        /** If it is not empty, who of other servers may. */
        WHITELIST;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done with entries. */
    public enum Change {
        REPLACE,
        ADD,
        REMOVE;

        private Set<Jid> of(Set<Jid> before, List<Jid> entries) {
            Set<Jid> after = this == REPLACE ? new TreeSet<>() : new TreeSet<>(before);
            if (this == REMOVE) entries.forEach(after::remove);
            else after.addAll(entries);
            return after;
        }
    }

    static final int REFRESH_SECONDS = 30;
    static final int MOST = 5000;

    /** Of a list, in UTF-8: each node reads it from time to time. */
    static final int MOST_BYTES = 256 * 1024;

    private static final int FIRST_RETRY_SECONDS = 1;
    private static final int STORED_WITHIN_SECONDS = 3;
    private static final int TRIES = 5;
    private static final String KIND = "access";
    private static final Logger log = LoggerFactory.getLogger(AccessLists.class);

    private final SharedFiles files;
    private final VirtualHosts hosts;
    private final Policing policing;
    private final Supplier<AutoCloseable> registrar;
    private final Map<Which, Set<Jid>> known = new EnumMap<>(Which.class); // guarded by this
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "skein-access-lists");
        thread.setDaemon(true);
        return thread;
    });
    private AutoCloseable registration; // guarded by this
    private boolean isClosed; // guarded by this
    private long changes; // guarded by this; what was read before one is not what counts

    @Activate
    public AccessLists(
            BundleContext context,
            @Reference SharedFiles files,
            @Reference VirtualHosts hosts,
            @Reference ComponentDomains components) {
        this(files, hosts, components, policy -> {
            ServiceRegistration<?> there = context.registerService(RoutingPolicy.class, policy, null);
            return there::unregister;
        });
        refreshLater(0);
    }

    /** Puts the policy where the router finds it; closing the answer takes it away. */
    interface Registrar {
        AutoCloseable register(RoutingPolicy policy);
    }

    /** Reads nothing by itself. */
    AccessLists(SharedFiles files, VirtualHosts hosts, ComponentDomains components, Registrar registrar) {
        this.files = files;
        this.hosts = hosts;
        this.policing = new Policing(hosts, components);
        this.registrar = () -> registrar.register(policing);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        for (Which which : Which.values()) known.put(which, Set.of());
    }

    @Deactivate
    void deactivate() {
        synchronized (this) {
            isClosed = true;
            timer.shutdownNow();
            police(false);
        }
    }

    private void refreshLater(int seconds) {
        synchronized (this) {
            if (isClosed) return;
            timer.schedule(
                    () -> refresh().whenComplete((done, failure) -> {
                        if (failure != null) log.debug("what=access_lists_not_read", failure);
                        refreshLater(failure == null ? REFRESH_SECONDS : FIRST_RETRY_SECONDS);
                    }),
                    seconds,
                    TimeUnit.SECONDS);
        }
    }

    /** Reads both anew. */
    CompletionStage<Void> refresh() {
        long before;
        synchronized (this) {
            before = changes;
        }
        return read(Which.BLACKLIST).thenCombine(read(Which.WHITELIST), (black, white) -> {
            synchronized (this) {
                if (before == changes) {
                    known.put(Which.BLACKLIST, black);
                    known.put(Which.WHITELIST, white);
                    apply();
                }
            }
            return null;
        });
    }

    /** A list, and the version of what it was read from; 0 where there is none. */
    private record Stored(long version, Set<Jid> entries) {}

    /** As the database has it. */
    CompletionStage<Set<Jid>> read(Which which) {
        return stored(which, TRIES).thenApply(Stored::entries);
    }

    private CompletionStage<Stored> stored(Which which, int tries) {
        return files.list(KIND).thenCompose(all -> {
            Optional<Entry> there =
                    all.stream().filter(e -> e.name().equals(which.word())).findFirst();
            if (there.isEmpty()) return CompletableFuture.completedFuture(new Stored(0, Set.of()));
            return files.load(there.get()).thenCompose(content -> {
                if (content.isPresent()) {
                    return CompletableFuture.completedFuture(
                            new Stored(there.get().version(), entries(content.get())));
                }
                if (tries == 0) throw changed(which);
                return stored(which, tries - 1); // it was changed between the two
            });
        });
    }

    private static Set<Jid> entries(byte[] list) {
        return new String(list, StandardCharsets.UTF_8)
                .lines()
                .flatMap(text -> Jid.parse(text).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static CommandException changed(Which which) {
        return new CommandException(
                Kind.CONFLICT,
                "the " + which.word() + " is being changed by somebody else; nothing was done, try again");
    }

    /**
     * Stores a change. Where somebody else stores one at the same time both are kept: what was decided on a list that
     * is not there any more is not stored, but decided again.
     *
     * @return how many entries there are then
     */
    CompletionStage<Integer> store(Which which, Change change, List<Jid> entries, Jid by) {
        return store(which, change, entries, by, TRIES).thenApply(now -> {
            heardOf(which, Change.REPLACE, List.copyOf(now)); // reads again: of two changes we may hear in any order
            return now.size();
        });
    }

    private CompletionStage<Set<Jid>> store(Which which, Change change, List<Jid> entries, Jid by, int tries) {
        return stored(which, TRIES).thenCompose(before -> {
            Set<Jid> after = change.of(before.entries(), entries);
            if (after.equals(before.entries())) return CompletableFuture.completedFuture(after);
            return write(which, before.version(), after, by)
                    .handle((written, failure) -> {
                        if (failure == null) return CompletableFuture.completedFuture(after);
                        if (!isConflict(failure)) return CompletableFuture.<Set<Jid>>failedFuture(failure);
                        if (tries == 0) throw changed(which);
                        return store(which, change, entries, by, tries - 1);
                    })
                    .thenCompose(now -> now);
        });
    }

    private static boolean isConflict(Throwable failure) {
        return failure instanceof ConflictException
                || failure instanceof CompletionException && failure.getCause() instanceof ConflictException;
    }

    private CompletionStage<Void> write(Which which, long expected, Set<Jid> entries, Jid by) {
        if (entries.isEmpty()) return files.remove(KIND, which.word(), expected);
        byte[] list = entries.stream()
                .map(Jid::toString)
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
        if (entries.size() > MOST || list.length > MOST_BYTES) {
            throw new CommandException(
                    Kind.BAD_INPUT,
                    "the " + which.word() + " would have " + entries.size() + " entries of " + list.length
                            + " bytes in all; at most " + MOST + " and " + MOST_BYTES + " are possible");
        }
        String who = by.hasLocal() ? by.bare().toString() : "the console";
        return files.put(KIND, which.word(), list, who, expected).thenApply(entry -> null);
    }

    /** Another node stores it. Read again a little later, when it must have: what is read meanwhile may be older. */
    void heardOf(Which which, Change change, List<Jid> entries) {
        heard(which, change, entries);
        synchronized (this) {
            if (!isClosed) timer.schedule(this::refresh, STORED_WITHIN_SECONDS, TimeUnit.SECONDS);
        }
    }

    private synchronized void heard(Which which, Change change, List<Jid> entries) {
        changes++;
        known.put(which, change.of(known.get(which), entries));
        apply();
    }

    private void apply() {
        policing.use(known.get(Which.BLACKLIST), known.get(Which.WHITELIST));
        police(known.values().stream().anyMatch(list -> !list.isEmpty()) && !isClosed);
    }

    private void police(boolean isNeeded) {
        if (isNeeded && registration == null) {
            registration = registrar.get();
        } else if (!isNeeded && registration != null) {
            try {
                registration.close();
            } catch (Exception e) { // the bundle is stopping, and all its services with it
                log.debug("what=access_lists_gone", e);
            }
            registration = null;
        }
    }

    /** Refuses what can be no entry of the blacklist, or would lock somebody out who administers this server. */
    void check(Which which, Change change, Collection<Jid> entries) {
        for (Jid entry : entries) {
            if (!entry.isBare() || !entry.resource().isEmpty()) {
                throw new CommandException(Kind.BAD_INPUT, entry + " has a resource; an entry is an address or domain");
            }
            if (which == Which.WHITELIST || change == Change.REMOVE) continue;
            if (!entry.hasLocal() && policing.isOwn(entry.domain())) {
                throw new CommandException(Kind.BAD_INPUT, entry + " is a domain of this server");
            }
            if (hosts.isAdmin(entry)) {
                throw new CommandException(Kind.CONFLICT, entry + " is an administrator");
            }
        }
    }

    /** What the router asks. Two look-ups for each end of a stanza. */
    private static final class Policing implements RoutingPolicy {
        private record Lists(Set<Jid> black, Set<Jid> white) {}

        private final VirtualHosts hosts;
        private final ComponentDomains components;
        private volatile Lists lists = new Lists(Set.of(), Set.of());

        private Policing(VirtualHosts hosts, ComponentDomains components) {
            this.hosts = hosts;
            this.components = components;
        }

        private void use(Set<Jid> black, Set<Jid> white) {
            lists = new Lists(Set.copyOf(black), Set.copyOf(white));
        }

        private boolean isOwn(String domain) {
            return hosts.isLocal(domain) || components.component(domain).isPresent();
        }

        @Override
        public Optional<StanzaError> refusal(Jid from, Jid to) {
            Lists now = lists;
            boolean isFromOut = isOut(now, from);
            if (!isFromOut && !isOut(now, to) || isAtHome(from, to)) return Optional.empty();
            return Optional.of(
                    isFromOut
                            ? Condition.FORBIDDEN.error("this server does not let you communicate with others")
                            : Condition.NOT_ALLOWED.error("this server allows no communication with " + to.bare()));
        }

        private boolean isOut(Lists now, Jid jid) {
            boolean isOut = isOwn(jid.domain())
                    ? jid.hasLocal() && now.black().contains(jid.bare())
                    : isListed(now.black(), jid) || !now.white().isEmpty() && !isListed(now.white(), jid);
            return isOut && !hosts.isAdmin(jid);
        }

        private static boolean isListed(Set<Jid> list, Jid jid) {
            return !list.isEmpty() && (list.contains(jid.bare()) || list.contains(jid.domainJid()));
        }

        /** Who is listed still has a roster and settings here, and may ask the server. */
        private boolean isAtHome(Jid from, Jid to) {
            return hosts.isLocal(from.domain())
                    && hosts.isLocal(to.domain())
                    && (!from.hasLocal() || !to.hasLocal() || from.bare().equals(to.bare()));
        }
    }
}
