package org.skein.adhoc.internal.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.storage.SharedFiles;

/** A jar that was read and found to be a bundle. What is wrong with it is a {@link CommandException}. */
record BundleFile(String name, Version version, String sha256, byte[] content) {
    /** More than a bundle unpacks to: what is in a jar is read to see whether it is whole. */
    private static final long MOST_UNPACKED = 512L << 20;

    private static final int BUFFER = 64 * 1024;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,200}");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
    /** As our own bundles are called. */
    private static final String RESERVED = "org.skein.";

    /**
     * Reads a file of this node.
     *
     * @param given a path, or {@code file:} and a path
     * @param sha256 what it must have; empty: anything
     */
    static BundleFile read(String given, String sha256) {
        return read(given, sha256, MOST_UNPACKED);
    }

    static BundleFile read(String given, String sha256, long mostUnpacked) {
        byte[] content = content(path(given), given);
        String found = sha256(content);
        if (!sha256.isEmpty() && !found.equals(sha256.toLowerCase(Locale.ROOT))) {
            throw wrong("field sha256: " + given + " has " + found);
        }
        return of(given, content, found, mostUnpacked);
    }

    /** Whether there may be a shared bundle of this name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.startsWith(RESERVED);
    }

    private static CommandException wrong(String text) {
        return new CommandException(Kind.BAD_INPUT, text);
    }

    private static Path path(String given) {
        try {
            Path path = given.startsWith("file:///") ? Path.of(URI.create(given)) : plain(given);
            if (path.isAbsolute()) return path;
        } catch (IllegalArgumentException e) { // InvalidPathException among them
            throw wrong("field file: no path: " + given);
        }
        throw wrong("field file: " + given + " is a relative path, and the node's folder is not yours:"
                + " give the whole path, such as /tmp/my.jar");
    }

    private static Path plain(String given) {
        String path = given.startsWith("file:") ? given.substring("file:".length()) : given;
        if (SCHEME.matcher(path).matches()) {
            throw wrong("field file: " + given + " is no file of the node that is asked");
        }
        return Path.of(path);
    }

    private static byte[] content(Path path, String given) {
        try {
            if (!Files.exists(path)) throw wrong("field file: there is no " + path + " on the node that is asked");
            if (!Files.isRegularFile(path)) throw wrong("field file: " + path + " is no file");
            if (Files.size(path) > SharedFiles.MAX_BYTES) throw tooLarge(given);
            try (InputStream in = Files.newInputStream(path)) {
                byte[] content = in.readNBytes(SharedFiles.MAX_BYTES + 1);
                if (content.length > SharedFiles.MAX_BYTES) throw tooLarge(given);
                return content;
            }
        } catch (AccessDeniedException e) {
            throw wrong("field file: the node may not read " + path);
        } catch (IOException e) {
            throw wrong("field file: " + path + " cannot be read: " + e);
        }
    }

    private static CommandException tooLarge(String given) {
        return wrong("field file: " + given + " is larger than " + SharedFiles.MAX_BYTES + " bytes");
    }

    private static BundleFile of(String given, byte[] content, String sha256, long mostUnpacked) {
        try {
            Path copy = Files.createTempFile("skein-bundle", ".jar");
            try {
                Files.write(copy, content);
                return of(given, attributes(given, copy, mostUnpacked), content, sha256);
            } finally {
                Files.delete(copy);
            }
        } catch (IOException e) {
            throw wrong("field file: " + given + " is no jar, or damaged: " + e.getMessage());
        }
    }

    private static Attributes attributes(String given, Path copy, long mostUnpacked) throws IOException {
        try (JarFile jar = new JarFile(copy.toFile(), true)) {
            if (jar.getManifest() == null) throw wrong("field file: " + given + " is no bundle: it has no manifest");
            readAll(given, jar, mostUnpacked);
            return jar.getManifest().getMainAttributes();
        } catch (SecurityException e) {
            throw wrong("field file: the signature of " + given + " does not match: " + e.getMessage());
        }
    }

    /** Which tells of wrong checksums, and of what is not as it was signed. */
    private static void readAll(String given, JarFile jar, long mostUnpacked) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = mostUnpacked;
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
            try (InputStream in = jar.getInputStream(all.nextElement())) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    left -= n;
                    if (left < 0)
                        throw wrong("field file: " + given + " unpacks to more than " + mostUnpacked + " bytes");
                }
            }
        }
    }

    private static BundleFile of(String given, Attributes headers, byte[] content, String sha256) {
        String header = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (header == null) throw wrong("field file: " + given + " is no bundle: it has no Bundle-SymbolicName");
        String name = header.split(";", 2)[0].strip();
        if (!NAME.matcher(name).matches()) throw wrong("field file: " + given + " has no usable name: " + name);
        if (name.startsWith(RESERVED)) {
            throw wrong(
                    "field file: " + name + " is a name of the server's own bundles, which come with its distribution");
        }
        if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
            throw wrong("field file: " + name + " is a fragment, which changes another bundle");
        }
        String version = headers.getValue(Constants.BUNDLE_VERSION);
        try {
            return new BundleFile(name, Version.parseVersion(version), sha256, content);
        } catch (IllegalArgumentException e) {
            throw wrong("field file: " + name + " has the version " + version + ", which is none");
        }
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
