package org.skein.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;

/** All checks, in the order in which one would look. */
public final class Examination {
    private Examination() {}

    /**
     * Looks at everything.
     *
     * @param base the instance
     * @param home the distribution
     */
    public static void run(Path base, Path home, Findings findings) throws IOException {
        Instance instance = Instance.read(base, home);
        SystemCheck.run(instance, findings);
        NameCheck.run(instance, findings);
        PortCheck.run(instance, findings);
        ClusterTables tables = DatabaseCheck.run(instance, findings);
        VersionCheck.run(instance, tables, findings);
        LinkCheck.run(tables.others(instance), findings);
        LinkCertificateCheck.run(instance, tables, findings);
        CertificateCheck.run(instance, findings);
    }
}
