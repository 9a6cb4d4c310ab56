package org.skein.console.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jline.builtins.Completers.CompletionData;

/** What the profile says of completion, and for other commands what they say themselves, as they come and go. */
final class LiveCompletions extends HashMap<String, List<CompletionData>> {
    private static final long serialVersionUID = 1L;

    private final transient CommandFields fields;

    LiveCompletions(Map<String, List<CompletionData>> known, CommandFields fields) {
        super(known);
        this.fields = fields;
    }

    @Override
    public List<CompletionData> get(Object command) {
        List<CompletionData> known = super.get(command);
        return known != null ? known : fields.completions(String.valueOf(command));
    }
}
