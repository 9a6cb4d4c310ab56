package org.skein.api.component;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Stanza;

/** Finds the {@link IqHandler} of a request and makes the reply of what it answers. Any thread; never blocks. */
@ProviderType
public interface IqDispatcher {
    /**
     * @return the reply to send: a result or an error ({@code service-unavailable} where no handler is found,
     *     {@code bad-request} where the request has not exactly one child). Never fails.
     */
    CompletionStage<Stanza> dispatch(IqRequest request);
}
