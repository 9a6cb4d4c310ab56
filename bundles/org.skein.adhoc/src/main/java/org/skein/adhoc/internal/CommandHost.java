package org.skein.adhoc.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoItem;
import org.skein.api.disco.DiscoRequest;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Lists the host's ad-hoc commands to those who may use them, and runs them (XEP-0050). */
@Component(service = {IqHandler.class, DiscoContributor.class})
public final class CommandHost implements IqHandler, DiscoContributor {
    static final String COMMANDS = "http://jabber.org/protocol/commands";
    private static final String DATA = "jabber:x:data";

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY) // commands come and go
    private volatile List<Command> commands = List.of();

    @Activate
    public CommandHost() {
        // the commands come by themselves
    }

    /** For tests. */
    CommandHost(List<Command> commands) {
        this.commands = commands;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(COMMANDS);
    }

    private Optional<Command> command(String node) {
        return commands.stream().filter(c -> c.node().equals(node)).findFirst();
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        Element asked = request.payload();
        if (!request.isSet() || !asked.name().equals("command")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        String node = asked.attribute("node").orElseThrow(() -> new StanzaException(Condition.BAD_REQUEST));
        Jid user = request.from();
        Command command = command(node).orElseThrow(() -> new StanzaException(Condition.ITEM_NOT_FOUND)); // §4.4
        if (!command.mayUse(user)) {
            throw new StanzaException(Condition.FORBIDDEN);
        }
        if (asked.attribute("sessionid").isPresent()) {
            throw new StanzaException(Condition.BAD_REQUEST, "there is no such session"); // §4.4: all are of one step
        }
        switch (asked.attribute("action", "execute")) {
            case "execute", "complete" -> {}
            default -> throw new StanzaException(Condition.BAD_REQUEST, "there is no such action now");
        }
        return command.execute(user)
                .thenApply(form -> Optional.of(Element.builder("command", COMMANDS)
                        .attribute("node", node)
                        .attribute("sessionid", UUID.randomUUID().toString())
                        .attribute("status", "completed")
                        .child(form)
                        .build()));
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (!request.isHost()) {
            return;
        }
        if (request.node().isEmpty()) {
            info.feature(COMMANDS);
        } else if (request.node().equals(COMMANDS)) {
            info.identity("automation", "command-list", "Commands").feature(COMMANDS);
        } else {
            command(request.node())
                    .filter(c -> c.mayUse(request.from()))
                    .ifPresent(c -> info.identity("automation", "command-node", c.name())
                            .feature(COMMANDS)
                            .feature(DATA));
        }
    }

    /** §2.3: only what the asker may use. */
    @Override
    public List<DiscoItem> items(DiscoRequest request) {
        if (!request.isHost() || !request.node().equals(COMMANDS)) {
            return List.of();
        }
        return commands.stream()
                .filter(c -> c.mayUse(request.from()))
                .map(c -> new DiscoItem(request.subject(), c.node(), c.name()))
                .toList();
    }
}
