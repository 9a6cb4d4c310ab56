package org.skein.cluster.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes what the same component on other nodes sends, as a service with the property {@link #CHANNEL}. Called on the
 * lane's thread, one after the other for each lane of a node; must not block. Bytes come from a member, but perhaps of
 * the version before or after: check them.
 */
@ConsumerType
public interface PeerHandler {
    /** Service property: the channel's name, at most 32 letters, digits, dots and hyphens. */
    String CHANNEL = "skein.cluster.channel";

    /** A message of {@link Peers#send}. */
    default void received(NodeId from, int lane, byte[] payload) {}

    /** A request of {@link Peers#call} or {@link Peers#gather}. What it throws or fails with is told to the caller. */
    default CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("nothing can be asked here"));
    }
}
