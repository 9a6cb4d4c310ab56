package org.skein.adhoc.internal.commands;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.VirtualHosts;
import org.skein.api.config.NodeSettings;
import org.skein.api.config.NodeSettings.Entry;
import org.skein.xmpp.Jid;

/** XEP-0133 §4.29: the setting {@code admins}, of all nodes. */
@Component
@Command(
        name = "server:admins",
        node = Admin.NODE + "edit-admin",
        title = "Shows or sets the administrators",
        description = "All of them; without any the list stays as it is, and is shown.",
        scope = Scope.ALL,
        deadlineSeconds = 30,
        idempotent = true)
public final class EditAdmins implements Action<EditAdmins.Input> {
    public record Input(
            @Field(label = "The administrators", required = false, maxLength = 1000)
            List<Jid> adminjids) {}

    private static final String SETTING = "admins";

    private final NodeSettings settings;
    private final VirtualHosts hosts;

    @Activate
    public EditAdmins(@Reference NodeSettings settings, @Reference VirtualHosts hosts) {
        this.settings = settings;
        this.hosts = hosts;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public CompletionStage<Map<String, List<String>>> prefill(int step, Map<String, List<String>> soFar) {
        return settings.show(SETTING).thenApply(entries -> Map.of("adminjids", current(entries)));
    }

    private static List<String> current(List<Entry> entries) {
        return entries.stream()
                .filter(e -> e.name().equals(SETTING))
                .flatMap(e -> Stream.of(e.value().split(",")))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    @Override
    public void check(Input in) {
        in.adminjids().forEach(jid -> Users.requireAccount(hosts, jid));
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        if (in.adminjids().isEmpty()) {
            return Settings.table(settings.show(SETTING)
                    .thenApply(all ->
                            all.stream().filter(e -> e.name().equals(SETTING)).toList()));
        }
        Jid by = call.by().bare();
        if (hosts.isAdmin(by) && !in.adminjids().contains(by)) {
            throw new CommandException(Kind.CONFLICT, "you, " + by + ", would be no administrator any more");
        }
        String list = in.adminjids().stream().distinct().map(Jid::toString).collect(Collectors.joining(","));
        return Settings.row(settings.set(SETTING, list));
    }
}
