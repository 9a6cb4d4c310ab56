package org.skein.adhoc.groovy.internal;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Result;

/** What became of each script on each node. */
@Component(service = Action.class)
@Command(
        name = "script:list",
        title = "Lists the scripts of all nodes",
        description = "State is live, broken (its command answers the error) or refused.",
        scope = Scope.ALL,
        idempotent = true)
public final class ScriptList implements Action<Action.Nothing> {
    private static final List<String> HEADS = List.of(
            "file=File", "command=Command", "state=State", "version=Version", "sha256=SHA-256", "by=By", "error=Error");

    private final Scripts scripts;

    @Activate
    public ScriptList(@Reference Scripts scripts) {
        this.scripts = scripts;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        return Result.later(Result.table(
                HEADS,
                scripts.rows().stream()
                        .map(r ->
                                List.of(r.file(), r.command(), r.state(), r.version(), r.sha256(), r.by(), r.trouble()))
                        .toList()));
    }
}
