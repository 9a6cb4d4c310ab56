package org.skein.storage.jdbc.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hands over what is added in batches, in order, one batch at a time, on a thread of the storage. An idle lane begins at
 * once; while a batch is under way the next one gathers. So batches grow with the load and nothing waits for a timer.
 */
final class Lane<O> {
    private static final int MOST = 256;

    private final Supplier<Database> database;
    private final int room;
    private final Consumer<List<O>> process;
    private final Consumer<O> refused;
    private final Queue<O> waiting = new ArrayDeque<>();
    private boolean running;

    Lane(Supplier<Database> database, int room, Consumer<List<O>> process, Consumer<O> refused) {
        this.database = database;
        this.room = room;
        this.process = process;
        this.refused = refused;
    }

    void add(O operation) {
        boolean begin;
        synchronized (this) {
            if (waiting.size() >= room) {
                begin = false;
            } else {
                waiting.add(operation);
                if (running) return;
                running = true;
                begin = true;
            }
        }
        if (!begin) refused.accept(operation);
        else if (!database.get().execute(this::drain)) stop().forEach(refused);
    }

    private synchronized List<O> stop() {
        running = false;
        List<O> rest = List.copyOf(waiting);
        waiting.clear();
        return rest;
    }

    private void drain() {
        List<O> batch = next();
        while (!batch.isEmpty()) {
            process.accept(batch);
            synchronized (this) {
                running = !waiting.isEmpty();
                if (!running) return;
            }
            if (database.get().execute(this::drain)) return; // behind the others that wait for a thread
            batch = next();
        }
    }

    private synchronized List<O> next() {
        List<O> batch = new ArrayList<>();
        while (batch.size() < MOST && !waiting.isEmpty()) {
            batch.add(waiting.poll());
        }
        if (batch.isEmpty()) running = false;
        return batch;
    }
}
