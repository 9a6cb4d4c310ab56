package org.skein.adhoc.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.skein.api.command.Command;

/**
 * What a node tells the others of one of its commands.
 *
 * @param node of XEP-0050
 * @param help several lines for people
 * @param completions what may be typed behind it, as {@link Words#completions} has them
 */
record Listed(
        String name,
        String node,
        String title,
        Command.Access access,
        Duration deadline,
        String help,
        List<String> completions) {

    static Listed of(Definition command) {
        return new Listed(
                command.name(),
                command.node(),
                command.about().title(),
                command.about().access(),
                command.deadline(),
                Words.help(command),
                Words.completions(command));
    }

    void pack(Packer to) {
        to.text(name).text(node).text(title).text(access.name());
        to.number(deadline.toSeconds()).text(help).texts(completions);
    }

    /** @throws IOException if it is none */
    static Listed of(Unpacker from) throws IOException {
        try {
            String name = from.text();
            if (!name.matches("[^:]+:[^:]+")) throw new IOException("no name of a command");
            return new Listed(
                    name,
                    from.text(),
                    from.text(),
                    Command.Access.valueOf(from.text()),
                    Duration.ofSeconds(from.count(Integer.MAX_VALUE)),
                    from.text(),
                    from.texts());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
