package org.skein.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.skein.cli.doctor.Examination;
import org.skein.cli.doctor.Finding;
import org.skein.cli.doctor.Findings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks for what may be wrong, and says what to do. */
@Command(
        name = "doctor",
        description = {
            "Looks at an instance, running or stopped, and changes nothing: settings, name, ports, database, cluster, links to",
            "other nodes, versions and certificates, a line each with OK, WARN or FAIL and what to do. Exit status 0 if nothing fails."
        })
final class Doctor implements Callable<Integer> {
    @Mixin
    private BaseOption base;

    @Override
    public Integer call() throws IOException {
        Findings findings = new Findings(System.out::println);
        Examination.run(base.base(), BaseOption.home(), findings);
        long failed = findings.count(Finding.Level.FAIL);
        System.out.printf(
                "%d ok, %d to think about, %d wrong%n",
                findings.count(Finding.Level.OK), findings.count(Finding.Level.WARN), failed);
        return failed == 0 ? Main.DONE : Main.FAILED;
    }
}
