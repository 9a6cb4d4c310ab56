package org.skein.itests.cluster;

/** What there is to see of a command. It leaves the nodes as it found them. */
@FunctionalInterface
interface CommandCase {
    void run(CommandStage on) throws Exception;
}
