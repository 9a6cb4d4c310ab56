package org.skein.adhoc.internal.bundles;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a node has, without a framework. A jar's text is its version; one in {@link #broken} does not start. */
final class FakeBundles implements NodeBundles {
    final Map<String, byte[]> there = new TreeMap<>();
    final Set<String> broken = new HashSet<>();
    final Set<String> failed = new HashSet<>();
    final List<String> done = new ArrayList<>();
    private final Map<String, String> checksums = new HashMap<>();

    private static String text(byte[] jar) {
        return new String(jar, StandardCharsets.UTF_8);
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(there.keySet());
    }

    @Override
    public Optional<String> checksum(String name) {
        return Optional.ofNullable(checksums.get(name));
    }

    @Override
    public boolean isAsItShouldBe(String name) {
        return !failed.contains(name);
    }

    @Override
    public Optional<String> version(String name) {
        return Optional.ofNullable(there.get(name)).map(FakeBundles::text);
    }

    @Override
    public Optional<byte[]> content(String name) {
        return checksum(name).map(c -> there.get(name));
    }

    @Override
    public String put(String name, byte[] jar, String sha256) throws BundleProblem {
        done.add(name + " " + text(jar));
        checksums.remove(name);
        there.put(name, jar);
        if (broken.contains(text(jar))) throw new BundleProblem(text(jar) + " does not start");
        checksums.put(name, sha256);
        failed.remove(name);
        return "";
    }

    @Override
    public void remove(String name) throws BundleProblem {
        done.add("no " + name);
        there.remove(name);
        checksums.remove(name);
        if (broken.contains("no " + name)) throw new BundleProblem("the node is not well without " + name);
    }
}
