package org.skein.adhoc.internal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skein.xmpp.Jid;

/** Somebody filling in the form of a command. Guarded by itself. */
final class FormSession {
    private final String id;
    private final Definition command;
    private final Jid owner;
    private final Map<Integer, Map<String, List<String>>> pages = new LinkedHashMap<>();
    private int page = 1;
    private boolean isRunning;
    private final Cancelling cancelling = new Cancelling();
    private volatile Instant expires;

    /** @param owner bare */
    FormSession(String id, Definition command, Jid owner) {
        this.id = id;
        this.command = command;
        this.owner = owner;
    }

    /** Of what runs once all is filled in. */
    Cancelling cancelling() {
        return cancelling;
    }

    String id() {
        return id;
    }

    Definition command() {
        return command;
    }

    Jid owner() {
        return owner;
    }

    Instant expires() {
        return expires;
    }

    void expires(Instant when) {
        expires = when;
    }

    synchronized int page() {
        return page;
    }

    synchronized boolean isLast() {
        return page == command.pages();
    }

    synchronized void turn(int by) {
        page += by;
    }

    synchronized void fill(Map<String, List<String>> values) {
        pages.put(page, values);
    }

    /** What was filled in on this page before; without any, {@code otherwise}. */
    synchronized Map<String, List<String>> here(Map<String, List<String>> otherwise) {
        return pages.getOrDefault(page, otherwise);
    }

    /** What was filled in on all pages. */
    synchronized Map<String, List<String>> filled() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        pages.values().forEach(all::putAll);
        return all;
    }

    /** What was filled in on the pages before this one. */
    synchronized Map<String, List<String>> soFar() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        pages.forEach((number, values) -> {
            if (number < page) all.putAll(values);
        });
        return all;
    }

    /** True for the first caller: what is filled in is run once. */
    synchronized boolean begin() {
        if (isRunning) return false;
        isRunning = true;
        return true;
    }

    /** It was not run: what was filled in may be changed. */
    synchronized void goOn() {
        isRunning = false;
    }
}
