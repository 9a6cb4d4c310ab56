package org.skein.adhoc.internal;

import java.io.IOException;
import java.util.Optional;
import org.skein.api.command.CommandException.Kind;

/**
 * How a command came out, for who typed it.
 *
 * @param status of a process
 * @param isDone whether it was done anywhere
 * @param out the answer; empty if there is none
 * @param err why it was not done, or where not; empty if it was done everywhere
 */
record Said(int status, boolean isDone, String out, String err) {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Wrong words or an unknown command; nothing was done. */
    static final int USAGE = 2;
    /** Done, but not all nodes are in the answer. */
    static final int NODES_MISSING = 3;

    static Said of(Definition command, Answer answer, boolean json) {
        int status = status(answer);
        if (json) return new Said(status, answer.isDone(), Json.of(command, answer), "");
        return answer.isDone()
                ? new Said(status, true, Shown.of(answer.result()), Shown.notes(answer))
                : new Said(status, false, "", Shown.plain(answer.failure()));
    }

    static Said wrong(String why) {
        return new Said(USAGE, false, "", Shown.plain(why));
    }

    static Said failed(String why) {
        return new Said(FAILED, false, "", Shown.plain(why));
    }

    private static int status(Answer answer) {
        if (answer.isWhole()) return DONE;
        if (!answer.isDone() && answer.failureKind().equals(Optional.of(Kind.BAD_INPUT))) return USAGE;
        boolean failed = answer.nodes().stream().anyMatch(n -> n.state() == Answer.State.FAILED);
        return failed && !answer.isDone() ? FAILED : NODES_MISSING;
    }

    byte[] toBytes() {
        return new Packer(1)
                .number(status)
                .number(isDone ? 1 : 0)
                .text(out)
                .text(err)
                .toBytes();
    }

    /** @throws IOException if it is none */
    static Said of(byte[] bytes) throws IOException {
        Unpacker from = new Unpacker(bytes, 1);
        return new Said(from.count(NODES_MISSING), from.number() == 1, from.text(), from.text());
    }
}
