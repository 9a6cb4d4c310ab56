package org.skein.adhoc.groovy.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.skein.adhoc.groovy.internal.Folder.Found;
import org.skein.adhoc.groovy.internal.Seen.Version;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the folder of this node and what is shared by all in step. What was changed in the folder since they were is a
 * change for all; what is as it was then follows what is shared, so an old copy brings nothing back. Where both have
 * changed, the later counts. Whatever loses is set aside. In another database nothing was seen yet, and a folder without
 * any of its files is not believed. On one thread; blocks.
 */
final class Mirror {
    static final String KIND = "script";
    /** Tells one database from another; made by the first node there. No script, so that none is called like it. */
    static final String DATABASE = ".database";

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);
    private static final int ANSWER_SECONDS = 10;

    /** A script as all have it. */
    record Held(Entry entry, byte[] content) {}

    private final Folder folder;
    private final Seen seen;
    private final SharedFiles shared;
    private final Map<String, Held> held = new TreeMap<>();
    private final Map<String, String> complaints = new HashMap<>();
    private Map<String, Found> found = Map.of();
    private String by = "";
    private boolean isAway;

    Mirror(Folder folder, Seen seen, SharedFiles shared) {
        this.folder = folder;
        this.seen = seen;
        this.shared = shared;
    }

    /** Looks at the folder. True if there is something to tell the others. */
    boolean look() throws IOException {
        found = folder.scan();
        Map<String, Version> known = seen.all();
        return found.entrySet().stream()
                        .anyMatch(e -> e.getValue().isSettled() && isNews(e.getValue(), known.get(e.getKey())))
                || known.keySet().stream().anyMatch(n -> !found.containsKey(n));
    }

    private static boolean isNews(Found file, Version known) {
        return !file.isRefused() && (known == null || !known.sha256().equals(file.sha256()));
    }

    /**
     * Does what is to be done after a {@link #look}.
     *
     * @param node this one's name, for people
     * @throws IOException if the database cannot be asked; what was done is done, the rest comes next time
     */
    void step(String node) throws IOException, InterruptedException {
        by = node;
        List<Entry> list = list();
        if (seen.isNew(identity(list))) log.info("what=scripts_database_new");
        Map<String, Entry> entries = list.stream()
                .filter(e -> Folder.isName(e.name())) // else whoever writes the database writes anywhere
                .collect(Collectors.toMap(Entry::name, Function.identity()));
        TreeSet<String> names = new TreeSet<>(entries.keySet());
        names.addAll(found.keySet());
        names.addAll(seen.all().keySet());
        held.keySet().removeIf(n -> !entries.containsKey(n));
        complaints.keySet().retainAll(names);
        boolean isAwayNow = isAway(entries);
        if (isAwayNow && !isAway) {
            log.error(
                    "what=scripts_folder_empty known={} reason=\"all scripts are missing from the folder at once:"
                            + " none is removed or shared from here; if they are to go, put one back, and remove it"
                            + " when the others are gone\"",
                    seen.all().size());
        }
        isAway = isAwayNow;
        for (String name : names) {
            try {
                if (isAway) {
                    keep(name, Optional.ofNullable(entries.get(name)));
                    continue;
                }
                one(name, Optional.ofNullable(found.get(name)), Optional.ofNullable(entries.get(name)));
            } catch (ConflictException e) {
                log.debug("what=script_overtaken file={}", name); // by another node: looked at anew in the next step
            }
        }
    }

    /** With what tells this database from another. */
    private List<Entry> list() throws IOException, InterruptedException {
        List<Entry> list = asked(shared.list(KIND));
        if (list.stream().anyMatch(Mirror::isIdentity)) return list;
        try {
            byte[] random = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
            asked(shared.put(KIND, DATABASE, random, by, 0));
        } catch (ConflictException e) {
            log.debug("what=scripts_database_known"); // another node was quicker
        }
        return asked(shared.list(KIND));
    }

    private static boolean isIdentity(Entry entry) {
        return entry.name().equals(DATABASE);
    }

    private static String identity(List<Entry> list) throws IOException {
        return list.stream()
                .filter(Mirror::isIdentity)
                .map(Entry::sha256)
                .findFirst()
                .orElseThrow(() -> new IOException("the database does not keep what it is told"));
    }

    /** A volume that is not mounted looks as if somebody had removed everything. One alone is removed all the same. */
    private boolean isAway(Map<String, Entry> entries) {
        Set<String> known = seen.all().keySet();
        return known.size() > 1
                && Collections.disjoint(known, found.keySet())
                && !Collections.disjoint(known, entries.keySet());
    }

    /** What all have, by file name. */
    Map<String, Held> held() {
        return Map.copyOf(held);
    }

    /** Files of this folder that can be no scripts, with the reason. */
    Map<String, String> refused() {
        return found.entrySet().stream()
                .filter(e -> e.getValue().isRefused())
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().refusal()));
    }

    private void one(String name, Optional<Found> file, Optional<Entry> entry)
            throws IOException, InterruptedException {
        if (file.isPresent() && !file.get().isSettled()) {
            keep(name, entry);
            return;
        }
        Optional<Version> known = seen.of(name);
        boolean isChangedThere = !entry.map(Version::of).equals(known);
        if (file.isPresent() && file.get().isRefused()) {
            complain(
                    name,
                    "what=script_refused file={} reason=\"{}\"",
                    file.get().refusal());
            if (isChangedThere && known.isPresent()) takeOver(name, file, entry);
            else keep(name, entry);
            return;
        }
        boolean isChangedHere = !file.map(Found::sha256).equals(known.map(Version::sha256));
        if (!isChangedHere && !isChangedThere) {
            keep(name, entry);
        } else if (!isChangedHere || isSame(file, entry)) {
            follow(name, file, entry);
        } else if (!isChangedThere) {
            tell(name, file, entry);
        } else {
            both(name, file, entry);
        }
    }

    private static boolean isSame(Optional<Found> file, Optional<Entry> entry) {
        return file.map(Found::sha256).equals(entry.map(Entry::sha256));
    }

    /** Has what is shared at hand. */
    private void keep(String name, Optional<Entry> entry) throws IOException, InterruptedException {
        if (entry.isPresent()) content(name, entry.get());
        else held.remove(name);
    }

    /** The folder gets what is shared. */
    private void follow(String name, Optional<Found> file, Optional<Entry> entry)
            throws IOException, InterruptedException {
        if (isSame(file, entry)) { // somebody was quicker with the same, or the process ended in the middle
            keep(name, entry);
            note(name, entry);
            return;
        }
        takeOver(name, file, entry);
    }

    private void takeOver(String name, Optional<Found> file, Optional<Entry> entry)
            throws IOException, InterruptedException {
        Optional<byte[]> content = Optional.empty();
        if (entry.isPresent()) {
            content = content(name, entry.get());
            if (content.isEmpty()) return; // changed again meanwhile
        } else {
            held.remove(name);
        }
        if (!folder.isUntouched(name)) return; // looked at anew
        try {
            boolean isLost = file.isPresent()
                    && !Optional.of(file.get().sha256()).equals(seen.of(name).map(Version::sha256));
            if (file.isPresent() && (isLost || entry.isEmpty())) {
                log.info("what=script_set_aside file={} kept={}", name, folder.setAside(name));
            }
            if (content.isPresent()) folder.write(name, content.get());
            note(name, entry);
            complaints.remove(name);
            if (entry.isPresent()) {
                log.info(
                        "what=script_received file={} version={} sha256={} by=\"{}\"",
                        name,
                        entry.get().version(),
                        entry.get().sha256(),
                        entry.get().changedBy());
            } else {
                log.info("what=script_removed_elsewhere file={}", name);
            }
        } catch (IOException e) { // a full or read-only disk: the script runs all the same
            complain(name, "what=script_not_written file={} reason=\"{}\"", e.toString());
        }
    }

    /** All get what is in the folder. */
    private void tell(String name, Optional<Found> file, Optional<Entry> entry)
            throws IOException, InterruptedException {
        long expected = entry.map(Entry::version).orElse(0L);
        if (file.isEmpty()) {
            asked(shared.remove(KIND, name, expected));
            held.remove(name);
            note(name, Optional.empty());
            log.info("what=script_removed file={} version={}", name, expected);
            return;
        }
        Entry now = asked(shared.put(KIND, name, file.get().content(), by, expected));
        held.put(name, new Held(now, file.get().content()));
        note(name, Optional.of(now));
        log.info("what=script_shared file={} version={} sha256={}", name, now.version(), now.sha256());
    }

    /** The later counts. A removal is as late as the folder is looked at, so what is written anywhere outlives it. */
    private void both(String name, Optional<Found> file, Optional<Entry> entry)
            throws IOException, InterruptedException {
        boolean isLaterHere = file.isPresent()
                && entry.isPresent()
                && file.get().modified().isAfter(entry.get().changedAt());
        log.warn(
                "what=script_conflict file={} here={} there={} there_by=\"{}\" counts={}",
                name,
                file.map(Found::sha256).orElse("removed"),
                entry.map(Entry::sha256).orElse("removed"),
                entry.map(Entry::changedBy).orElse(""),
                isLaterHere ? "here" : "there");
        if (isLaterHere) tell(name, file, entry);
        else takeOver(name, file, entry);
    }

    private Optional<byte[]> content(String name, Entry entry) throws IOException, InterruptedException {
        Held before = held.get(name);
        if (before != null && before.entry().equals(entry)) return Optional.of(before.content());
        Found file = found.get(name);
        Optional<byte[]> content = file != null && file.sha256().equals(entry.sha256())
                ? Optional.of(file.content())
                : asked(shared.load(entry));
        content.ifPresent(c -> held.put(name, new Held(entry, c)));
        return content;
    }

    private void note(String name, Optional<Entry> entry) throws IOException {
        if (entry.isPresent()) seen.put(name, Version.of(entry.get()));
        else seen.remove(name);
    }

    /** Once, until there is something else to say. */
    private void complain(String name, String format, String reason) {
        if (!Objects.equals(complaints.put(name, reason), reason)) log.warn(format, name, reason);
    }

    private static <T> T asked(CompletionStage<T> stage) throws IOException, InterruptedException {
        try {
            return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConflictException conflict) throw conflict;
            throw new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the database does not answer", e);
        }
    }

    /** Of the instance in a folder. */
    static Mirror in(Path base, SharedFiles shared) throws IOException {
        Path data = base.resolve("data/scripts");
        return new Mirror(
                new Folder(base.resolve("scripts"), data.resolve("aside")), new Seen(data.resolve("seen.tsv")), shared);
    }
}
