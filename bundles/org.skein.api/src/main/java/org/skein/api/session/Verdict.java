package org.skein.api.session;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;

/** What a processor made of a stanza. */
public abstract sealed class Verdict {
    private static final Verdict NEXT = new Next();
    private static final Verdict HANDLED = new Handled();

    private Verdict() {}

    /** On to the next processor, unchanged. */
    public static Verdict next() {
        return NEXT;
    }

    /** On to the next processor with another stanza in place of this one. */
    public static Verdict next(Stanza changed) {
        return new Changed(Objects.requireNonNull(changed));
    }

    /** Dealt with; it goes no further. The processor has answered what needs an answer. */
    public static Verdict handled() {
        return HANDLED;
    }

    /** It goes no further, and its sender gets this error (unless it is an error itself). */
    public static Verdict refuse(StanzaError error) {
        return new Refuse(Objects.requireNonNull(error));
    }

    /**
     * Decided later, on any thread. Until then the stanzas behind it wait: those of the session for a client's stanza,
     * those to the account for a stanza to an account. A stage that fails refuses the stanza.
     */
    public static Verdict after(CompletionStage<Verdict> later) {
        return new After(Objects.requireNonNull(later));
    }

    /**
     * On to the next processor, unchanged, but behind stanzas the processor had held back ({@link #handled}) before:
     * those are written first, and no processor sees them again. For a {@link DeliveryProcessor} only.
     */
    public static Verdict behind(List<Stanza> held) {
        return new Behind(List.copyOf(held));
    }

    /** {@link Verdict#next()}. */
    public static final class Next extends Verdict {}

    /** {@link Verdict#handled()}. */
    public static final class Handled extends Verdict {}

    /** {@link Verdict#next(Stanza)}. */
    public static final class Changed extends Verdict {
        private final Stanza stanza;

        private Changed(Stanza stanza) {
            this.stanza = stanza;
        }

        public Stanza stanza() {
            return stanza;
        }
    }

    /** {@link Verdict#refuse}. */
    public static final class Refuse extends Verdict {
        private final StanzaError error;

        private Refuse(StanzaError error) {
            this.error = error;
        }

        public StanzaError error() {
            return error;
        }
    }

    /** {@link Verdict#after}. */
    public static final class After extends Verdict {
        private final CompletionStage<Verdict> later;

        private After(CompletionStage<Verdict> later) {
            this.later = later;
        }

        public CompletionStage<Verdict> later() {
            return later;
        }
    }

    /** {@link Verdict#behind}. */
    public static final class Behind extends Verdict {
        private final List<Stanza> held;

        private Behind(List<Stanza> held) {
            this.held = held;
        }

        public List<Stanza> held() {
            return held;
        }
    }
}
