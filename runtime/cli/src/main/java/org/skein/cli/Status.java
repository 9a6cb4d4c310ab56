package org.skein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.skein.console.link.Frame;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks the node, which tries a stream on its own listener: a process that is there but does not answer is not up. */
@Command(name = "status", description = "Tells how the node is; exit status 0 only when clients can log in.")
final class Status implements Callable<Integer> {
    @Mixin
    private BaseOption base;

    @Override
    public Integer call() throws IOException {
        Path folder = base.base();
        Optional<Link> found = Link.open(folder);
        if (found.isEmpty()) {
            System.out.println("not running");
            return Main.FAILED;
        }
        // Whatever hangs over there must not hang here.
        Thread alarm = new Thread(Status::giveUp, "alarm");
        alarm.setDaemon(true);
        alarm.start();
        try (Link link = found.get()) {
            link.send(Frame.of(Frame.Type.CALL, "status"));
            return link.relay();
        }
    }

    private static void giveUp() {
        try {
            java.util.concurrent.TimeUnit.SECONDS.sleep(10);
        } catch (InterruptedException e) {
            return;
        }
        System.out.println("running, but does not answer");
        Runtime.getRuntime().halt(Main.FAILED);
    }
}
