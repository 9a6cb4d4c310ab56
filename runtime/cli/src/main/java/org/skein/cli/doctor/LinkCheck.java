package org.skein.cli.doctor;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Whether the other nodes can be reached from this machine and are who their rows say. All are dialled at once, and what
 * has no answer in time has none: rows may be many, and lead anywhere.
 */
final class LinkCheck {
    static final int MOST = 64;
    private static final long LIMIT_S = 6;

    private LinkCheck() {}

    /** @param others fresh rows, the important ones first */
    static void run(List<NodeRow> others, Findings findings) {
        List<LinkDial> dials = others.stream().limit(MOST).map(LinkDial::new).toList();
        if (dials.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(dials.size(), task -> {
            Thread thread = new Thread(task, "doctor-dial");
            thread.setDaemon(true); // a resolver that hangs cannot be interrupted
            return thread;
        });
        try {
            List<Future<Finding>> answers = threads.invokeAll(dials, LIMIT_S, TimeUnit.SECONDS);
            for (int i = 0; i < answers.size(); i++) {
                findings.add(finding(answers.get(i), dials.get(i)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            dials.forEach(LinkDial::close);
            threads.shutdownNow();
        }
        if (others.size() > MOST) {
            findings.warn(
                    LinkDial.WHAT,
                    others.size() - MOST + " more rows of cluster_nodes were not asked",
                    "Delete those that no node writes; the rest is asked when there are fewer than " + MOST);
        }
    }

    private static Finding finding(Future<Finding> answer, LinkDial dial) throws InterruptedException {
        try {
            return answer.get();
        } catch (CancellationException e) {
            return dial.late(LIMIT_S);
        } catch (ExecutionException e) {
            return dial.odd(e.getCause());
        }
    }
}
