package org.skein.config.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.skein.api.config.NodeSettings;

/** The commands of the console for other bundles, on a thread of their own: they write files and wait for effects. */
final class ServedSettings implements NodeSettings, AutoCloseable {
    private final Configurator configurator;
    private final ConfigCommands config;
    private final LogCommands log;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        Thread t = new Thread(task, "skein-settings");
        t.setDaemon(true);
        return t;
    });

    ServedSettings(Configurator configurator, ConfigCommands config, LogCommands log) {
        this.configurator = configurator;
        this.config = config;
        this.log = log;
    }

    private interface Work<T> {
        T done() throws IOException;
    }

    private <T> CompletionStage<T> later(Work<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.done();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                worker);
    }

    @Override
    public CompletionStage<List<Entry>> show(String part) {
        return later(() -> entries(part));
    }

    private List<Entry> entries(String part) {
        return config.rows(part).stream()
                .map(r -> new Entry(r[0], r[1], r[2]))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }

    @Override
    public CompletionStage<Entry> set(String name, String value) {
        return later(() -> {
            config.set(name, new String[] {value});
            return entry(name);
        });
    }

    @Override
    public CompletionStage<Entry> reset(String name) {
        return later(() -> {
            config.reset(name);
            return entry(name);
        });
    }

    private Entry entry(String name) {
        String bare = name.startsWith("--") ? name.substring(2) : name;
        return entries(bare).stream()
                .filter(e -> e.name().equals(bare))
                .findFirst()
                .orElseGet(() -> new Entry(bare, "", "default"));
    }

    @Override
    public CompletionStage<List<Entry>> logLevels() {
        return later(this::levels);
    }

    private List<Entry> levels() {
        return LogLevels.levels(configurator.effective().values(LogLevels.PID)).entrySet().stream()
                .map(e -> new Entry(
                        e.getKey(), String.valueOf(e.getValue().value()), ConfigCommands.source(e.getValue())))
                .toList();
    }

    @Override
    public CompletionStage<Entry> logLevel(String logger, String level) {
        return later(() -> {
            log.level(logger, level);
            String name = LogCommands.name(logger);
            return levels().stream()
                    .filter(e -> e.name().equals(name))
                    .findFirst()
                    .orElseGet(() -> new Entry(name, "inherited", "default"));
        });
    }

    @Override
    public void close() {
        worker.shutdown();
    }
}
