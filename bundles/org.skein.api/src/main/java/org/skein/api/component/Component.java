package org.skein.api.component;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Stanza;

/**
 * Answers for a domain of its own: {@code name.HOST} for every virtual host. A component is a service with the property
 * {@link #NAME}; it is addressable as long as it is registered, shows in the host's disco items, and all its stanzas end
 * with it. Called on a worker thread, one stanza of a sender after the other, so it may take its time but not for ever:
 * a queue that is full answers {@code resource-constraint} for it, an exception {@code internal-server-error}.
 */
@ConsumerType
public interface Component {
    /** Service property: the name below each virtual host, such as {@code echo} for {@code echo.localhost}. */
    String NAME = "skein.component.name";

    /** Disco identity (XEP-0030): category and type, by default {@code component/generic}. */
    default String identity() {
        return "component/generic";
    }

    /** Disco name, for people. */
    default String description() {
        return getClass().getSimpleName();
    }

    /** Disco features besides disco itself. */
    default java.util.Set<String> features() {
        return java.util.Set.of();
    }

    /**
     * A stanza for this component's domain. Disco info about the bare domain and unanswered pings are answered for it
     * if {@link #answersDisco} is false.
     *
     * @return completes when the stanza is dealt with (a message is then safe); may fail with
     *     {@link org.skein.xmpp.StanzaException} to have an error sent
     */
    CompletionStage<Void> handle(Stanza stanza, ComponentContext context);

    /** True if this component answers disco and ping itself. */
    default boolean answersDisco() {
        return false;
    }
}
