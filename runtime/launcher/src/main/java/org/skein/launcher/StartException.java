package org.skein.launcher;

/** Why a node cannot start, in words an operator can act on, and the exit status that says so to a script. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int FAILED = 1;
    static final int WRONG_CONFIGURATION = 2;
    static final int ALREADY_RUNNING = 3;

    private final int exitStatus;

    StartException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    StartException(int exitStatus, String message, Throwable cause) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    int exitStatus() {
        return exitStatus;
    }
}
