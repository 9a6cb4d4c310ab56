package org.skein.adhoc.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.adhoc.internal.Answer.Share;
import org.skein.adhoc.internal.Answer.State;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Column;
import org.skein.api.command.Result.Value;

/** A node's share of an answer, as it goes over the link. */
final class RunReply {
    /** A result is cut here: rows left out are counted. */
    static final int MOST_BYTES = 8 << 20;

    private RunReply() {}

    static byte[] toBytes(Share share) {
        return toBytes(share, MOST_BYTES);
    }

    static byte[] toBytes(Share share, int mostBytes) {
        Outcome outcome = share.outcome();
        Packer to = new Packer(1)
                .text(outcome.state().name())
                .text(outcome.kind().map(Kind::name).orElse(""))
                .text(outcome.text());
        Result result = share.result();
        Packer head = new Packer(1).text(result.text()).number(result.values().size());
        result.values().forEach(v -> head.text(v.var()).text(v.label()).texts(v.texts()));
        head.number(result.columns().size());
        result.columns().forEach(c -> head.text(c.var()).text(c.label()));
        if (head.size() > mostBytes) {
            return toBytes(failed(outcome.node(), "its result has more than " + mostBytes + " bytes"), MOST_BYTES);
        }
        Packer rows = new Packer(1);
        int fitting = 0;
        for (List<String> row : result.rows()) {
            Packer one = new Packer(1);
            row.forEach(one::text);
            if (head.size() + rows.size() + one.size() > mostBytes) break;
            rows.append(one);
            fitting++;
        }
        return to.append(head)
                .number(result.rows().size() - fitting)
                .number(fitting)
                .append(rows)
                .toBytes();
    }

    private static Share failed(String node, String text) {
        return new Share(new Outcome(node, State.FAILED, Optional.of(Kind.UNAVAILABLE), text), Result.text(""));
    }

    /** @throws IOException if it is no such answer */
    static Share of(String node, byte[] bytes) throws IOException {
        try {
            Unpacker from = new Unpacker(bytes, 1);
            State state = State.valueOf(from.text());
            String kind = from.text();
            String text = from.text();
            String told = from.text();
            List<Value> values = new ArrayList<>();
            for (int i = from.count(bytes.length); i > 0; i--) {
                values.add(new Value(from.text(), from.text(), from.texts()));
            }
            List<Column> columns = new ArrayList<>();
            for (int i = from.count(bytes.length); i > 0; i--) columns.add(new Column(from.text(), from.text()));
            long leftOut = from.number();
            Result result = new Result(told, values, columns, rows(from, columns.size(), bytes.length));
            String note = leftOut == 0 ? text : leftOut + " rows were left out, for the answer is too long";
            return new Share(
                    new Outcome(node, state, kind.isEmpty() ? Optional.empty() : Optional.of(Kind.valueOf(kind)), note),
                    result);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<List<String>> rows(Unpacker from, int columns, int most) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        int count = from.count(most);
        if (count > 0 && columns == 0) throw new IOException("rows without columns");
        for (int i = 0; i < count; i++) {
            List<String> row = new ArrayList<>(columns);
            for (int c = 0; c < columns; c++) row.add(from.text());
            rows.add(row);
        }
        return rows;
    }
}
