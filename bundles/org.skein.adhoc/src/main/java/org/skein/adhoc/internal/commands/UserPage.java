package org.skein.adhoc.internal.commands;

import java.util.List;
import org.skein.api.command.Field;
import org.skein.api.command.Result;

/** Which page of a list of users. */
public record UserPage(
        @Field(
                label = "How many at most",
                var = "max_items",
                required = false,
                defaultValue = "200",
                min = 1,
                max = 10_000)
        int max,

        @Field(label = "After which one to go on", required = false)
        String after) {
    private static final int DEFAULT = 200;

    int limit() {
        return max <= 0 ? DEFAULT : max;
    }

    /** A page as people and XEP-0133 want it. */
    static Result result(String var, String label, Pages.Page page) {
        Result list = Result.list(
                var, label, page.rows().stream().map(row -> row.get(0)).toList());
        return page.next().isEmpty() ? list : list.and("next", "Go on after", page.next());
    }

    static Result result(String var, String label, List<String> users, boolean isMore) {
        Result list = Result.list(var, label, users);
        return isMore ? list.and("next", "Go on after", users.get(users.size() - 1)) : list;
    }

    /** A page of entries that are all here. */
    static Result of(String var, String label, List<String> all, UserPage page) {
        List<Pages.Item> items =
                all.stream().map(e -> new Pages.Item(e, true, List.of())).toList();
        return result(var, label, Pages.of(Pages.here(items, page.after(), page.limit()), page.limit()));
    }
}
