package org.skein.net.api;

import java.io.IOException;

/** A port could not be opened; the message names port, setting and, where known, who holds it. */
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1L;

    public ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
