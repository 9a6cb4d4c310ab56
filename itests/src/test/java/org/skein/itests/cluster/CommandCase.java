package org.skein.itests.cluster;

/** What there is to see of a command. It leaves the nodes as it found them. */
@FunctionalInterface
interface CommandCase {
    void run(CommandStage on) throws Exception;

    /** The case of several commands, which is run for the first of them; the others come to the same. */
    static CommandCase shared(CommandCase test) {
        return new CommandCase() {
            private boolean wasRun;
            private Throwable failure;

            @Override
            public void run(CommandStage on) {
                if (!wasRun) {
                    wasRun = true;
                    try {
                        test.run(on);
                    } catch (Exception | AssertionError e) {
                        failure = e;
                    }
                }
                if (failure != null) throw new AssertionError(failure.getMessage(), failure);
            }
        };
    }
}
