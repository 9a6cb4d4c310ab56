package org.skein.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The unpacked distribution: what all nodes started from it share, never written to by a node. */
record Distribution(Path home) {

    /** The distribution this launcher was loaded from: the parent of the folder its jar is in. */
    static Distribution ofLauncherJar() throws StartException {
        try {
            URI jar = Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return new Distribution(Path.of(jar).toRealPath().getParent().getParent());
        } catch (URISyntaxException | IOException e) {
            throw new StartException(StartException.FAILED, "cannot find the distribution: " + e, e);
        }
    }

    String version() throws StartException {
        return read(home.resolve("VERSION")).strip();
    }

    Path bundle(String fileName) {
        return home.resolve("bundles").resolve(fileName);
    }

    Path instanceTemplate() {
        return home.resolve("share").resolve("instance");
    }

    /** All features by name, each from {@code features/NAME.txt}. */
    TreeMap<String, Feature> features() throws StartException {
        TreeMap<String, Feature> features = new TreeMap<>();
        try (Stream<Path> files = Files.list(home.resolve("features"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".txt")) {
                    Feature feature = Feature.parse(name.substring(0, name.length() - 4), read(file));
                    features.put(feature.name(), feature);
                }
            }
        } catch (IOException e) {
            throw new StartException(StartException.FAILED, "cannot read the features in " + home + ": " + e, e);
        }
        return features;
    }

    private static String read(Path file) throws StartException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new StartException(StartException.FAILED, "the distribution is incomplete, cannot read " + file, e);
        }
    }
}
