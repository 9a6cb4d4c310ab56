package org.skein.console.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code doctor}. Runs the command line's own in a process beside this one: it looks at the node from outside, as an
 * operator would, and its answer does not depend on what is wrong in here.
 */
@Component(
        service = DoctorCommand.class,
        property = {"osgi.command.scope=skein", "osgi.command.function=doctor"})
public final class DoctorCommand {
    private final InstanceFolder folder;

    @Activate
    public DoctorCommand(BundleContext context) {
        folder = InstanceFolder.of(context);
    }

    @Descriptor("looks for what may be wrong with this node, and says what to do")
    public String doctor() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        folder.home().resolve("bin").resolve("skein").toString(),
                        "doctor",
                        "--base",
                        folder.base().toString())
                .redirectErrorStream(true);
        builder.environment()
                .put("JAVA_HOME", Path.of(System.getProperty("java.home")).toString());
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream said = process.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
            process.waitFor();
            return text;
        } finally {
            process.destroy();
        }
    }
}
