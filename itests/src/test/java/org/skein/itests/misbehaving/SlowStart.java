package org.skein.itests.misbehaving;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * The first to start it goes through; the others wait as long as there is a file {@code hold} in the folder that the
 * header {@value #FOLDER} names, after they made one that is called {@code waiting}.
 */
public final class SlowStart implements BundleActivator {
    public static final String FOLDER = "Test-Folder";
    private static final long LOOK_MS = 20;

    @Override
    public void start(BundleContext context) throws IOException, InterruptedException {
        Path folder = Path.of(context.getBundle().getHeaders().get(FOLDER));
        try {
            Files.createFile(folder.resolve("first"));
        } catch (FileAlreadyExistsException e) {
            Files.writeString(folder.resolve("waiting"), "");
            while (Files.exists(folder.resolve("hold"))) Thread.sleep(LOOK_MS);
        }
    }

    @Override
    public void stop(BundleContext context) {}
}
