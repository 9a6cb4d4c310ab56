package org.skein.adhoc.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.command.Action;
import org.skein.api.command.DescribedAction;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;

/** A command that is described by data, as the host runs it. */
record Described(DescribedAction action) implements Action<Record> {
    /** What was filled in, by the fields' names. */
    record Filled(Map<String, Object> values) {}

    /** @param values of all fields, in their order; {@code Optional} where a field may be left out */
    static Filled filled(List<FieldSpec> fields, List<Object> values) {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            String var = fields.get(i).var();
            if (values.get(i) instanceof Optional<?> optional) optional.ifPresent(v -> byName.put(var, v));
            else byName.put(var, values.get(i));
        }
        return new Filled(Collections.unmodifiableMap(byName));
    }

    @Override
    public Class<Record> input() {
        return Record.class;
    }

    @Override
    public CompletionStage<Result> run(Record input, Call call) {
        return action.run(((Filled) input).values(), call);
    }

    @Override
    public Optional<Jid> user(Record input) {
        return action.user(((Filled) input).values());
    }
}
