package org.skein.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects what is found, and passes each on at once. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private final Consumer<Finding> sink;

    public Findings(Consumer<Finding> sink) {
        this.sink = sink;
    }

    void ok(String what, String seen) {
        add(new Finding(Finding.Level.OK, what, seen, ""));
    }

    void warn(String what, String seen, String advice) {
        add(new Finding(Finding.Level.WARN, what, seen, advice));
    }

    void fail(String what, String seen, String advice) {
        add(new Finding(Finding.Level.FAIL, what, seen, advice));
    }

    void add(Finding finding) {
        all.add(finding);
        sink.accept(finding);
    }

    public long count(Finding.Level level) {
        return all.stream().filter(f -> f.level() == level).count();
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
