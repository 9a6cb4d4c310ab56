package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.config.NodeSettings.Entry;

/** What commands say of settings. */
final class Settings {
    private static final List<String> HEADS = List.of("name=Name", "value=Value", "source=From");

    private Settings() {}

    static CompletionStage<Result> table(CompletionStage<List<Entry>> entries) {
        return told(entries)
                .thenApply(all -> Result.table(
                        HEADS,
                        all.stream()
                                .map(e -> List.of(e.name(), e.value(), e.source()))
                                .toList()));
    }

    static CompletionStage<Result> row(CompletionStage<Entry> entry) {
        return table(entry.thenApply(List::of));
    }

    private static <T> CompletionStage<T> told(CompletionStage<T> stage) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(
                        cause instanceof IllegalArgumentException
                                ? new CommandException(Kind.BAD_INPUT, String.valueOf(cause.getMessage()))
                                : cause);
            }
        });
        return answer;
    }

    /** Values of commands are shown, and kept in histories. */
    static void refuseSecret(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("password")
                || lower.contains("secret")
                || value.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new CommandException(
                    Kind.FORBIDDEN, "'" + name + "' is a secret: set it in the files of each node, or at its console");
        }
    }
}
