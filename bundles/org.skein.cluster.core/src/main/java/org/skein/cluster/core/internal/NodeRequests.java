package org.skein.cluster.core.internal;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;

/**
 * What the core of one node asks that of another for operators: the word for what, a tabulator, what it is about; UTF-8.
 * A word the other does not know (of another version) fails with that text.
 */
final class NodeRequests implements PeerHandler {
    static final String NAME = "skein.cluster";

    private final Map<String, BiFunction<NodeId, String, CompletionStage<String>>> answers = new ConcurrentHashMap<>();
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    /** Hears messages nobody answers. */
    interface Listener {
        void heard(NodeId from, String text);
    }

    void answer(String word, BiFunction<NodeId, String, CompletionStage<String>> answer) {
        answers.put(word, answer);
    }

    void hear(String word, Listener listener) {
        listeners.put(word, Objects.requireNonNull(listener));
    }

    void hearNoMore(String word) {
        listeners.remove(word);
    }

    static byte[] encode(String word, String about) {
        return (word + '\t' + about).getBytes(StandardCharsets.UTF_8);
    }

    private static String[] decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int tab = text.indexOf('\t');
        return tab < 0 ? new String[] {text, ""} : new String[] {text.substring(0, tab), text.substring(tab + 1)};
    }

    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        String[] message = decode(payload);
        Listener listener = listeners.get(message[0]);
        if (listener != null) listener.heard(from, message[1]);
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        String[] message = decode(request);
        BiFunction<NodeId, String, CompletionStage<String>> answer = answers.get(message[0]);
        if (answer == null) {
            return CompletableFuture.failedFuture(
                    new UnsupportedOperationException("this node does not know '" + message[0] + "'"));
        }
        return answer.apply(from, message[1]).thenApply(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
