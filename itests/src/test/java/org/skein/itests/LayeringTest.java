package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Command;

/** The layers of DESIGN §2, read from the manifests of the bundles as they are shipped. */
class LayeringTest {
    /** What may be exported, and imported by another bundle: the XML layer, the API, and packages that end in {@code .api}. */
    private static final Pattern SHARED = Pattern.compile(
            "org\\.skein\\.(?!.*\\binternal\\b)(xmpp(\\.\\w+)*|api\\.\\w+(\\.\\w+)*|net\\.api|cluster\\.api(\\.\\w+)*)");

    /** A package at the start of a clause of a manifest header; what stands in quotes is no clause. */
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    @Test
    void noBundleExportsAnInternalPackage() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : ourBundles()) {
            packages(jar, "Export-Package").stream()
                    .filter(p -> !SHARED.matcher(p).matches())
                    .forEach(p -> wrong.add(jar.getFileName() + " exports " + p));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noProviderImportsAnotherProvider() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : ourBundles()) {
            packages(jar, "Import-Package").stream()
                    .filter(p ->
                            p.startsWith("org.skein.") && !SHARED.matcher(p).matches())
                    .forEach(p -> wrong.add(jar.getFileName() + " imports " + p));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void theXmlLayerNeedsNothingOfOursAndTheApiOnlyTheXmlLayer() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : ourBundles()) {
            String name = jar.getFileName().toString();
            if (name.startsWith("org.skein.xmpp-") || name.startsWith("org.skein.api-")) {
                packages(jar, "Import-Package").stream()
                        .filter(p -> p.startsWith("org.skein.") && !p.startsWith("org.skein.xmpp"))
                        .filter(p -> name.startsWith("org.skein.xmpp-") || !p.startsWith("org.skein.api."))
                        .forEach(p -> wrong.add(name + " imports " + p));
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noTypeOfNettyOrJdbcShowsInTheApi() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : ourBundles()) {
            if (jar.getFileName().toString().matches("org\\.skein\\.(api|xmpp)-.*")) {
                packages(jar, "Import-Package").stream()
                        .filter(p -> p.startsWith("io.netty") || p.startsWith("java.sql") || p.startsWith("javax.sql"))
                        .forEach(wrong::add);
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static List<String> entries(Path jar, String folder, String ending) throws IOException {
        List<String> texts = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                if (entry.getName().startsWith(folder) && entry.getName().endsWith(ending)) {
                    texts.add(new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private static Set<String> all(String regex, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher m = Pattern.compile(regex).matcher(text); m.find(); ) found.add(m.group(1));
        return found;
    }

    /** Else a line of its {@code .cfg} would be refused as unknown. */
    @Test
    void everyKeyOfAPidWithATableIsInATable() throws IOException {
        Map<String, Set<String>> tables = new TreeMap<>();
        for (Path jar : ourBundles()) {
            for (String table : entries(jar, "SKEIN-INF/", "settings.tsv")) {
                table.lines()
                        .map(l -> l.split("\t"))
                        .filter(f -> f.length > 2)
                        .forEach(f -> tables.computeIfAbsent(f[1].strip(), pid -> new TreeSet<>())
                                .add(f[2].strip()));
            }
        }
        List<String> missing = new ArrayList<>();
        for (Path jar : ourBundles()) {
            for (String metatype : entries(jar, "OSGI-INF/metatype/", ".xml")) {
                for (String pid : all("<Designate pid=\"([^\"]+)\"", metatype)) {
                    Set<String> keys = all("<AD id=\"([^\"]+)\"", metatype);
                    if (tables.containsKey(pid)) keys.removeAll(tables.get(pid));
                    else keys.clear();
                    keys.forEach(key -> missing.add(pid + "/" + key));
                }
            }
        }
        assertFalse(tables.isEmpty());
        assertEquals(List.of(), missing);
    }

    /** A component made anew takes with it what uses it: a setting would cut streams. */
    @Test
    void whatHasSettingsTakesChangesWithoutBeingMadeAnew() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : ourBundles()) {
            for (String component : entries(jar, "OSGI-INF/", ".xml")) {
                for (String tag : all("(<scr:component [^>]*>)", component)) {
                    if (tag.contains("configuration-pid=") && !tag.contains(" modified=")) {
                        wrong.add(jar.getFileName() + " " + tag);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyJarOfTheDistributionIsABundle() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path jar : jars("")) {
            if (header(jar, "Bundle-SymbolicName").isEmpty()) {
                wrong.add(jar.getFileName().toString());
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static List<Path> ourBundles() throws IOException {
        List<Path> jars = jars("org.skein.");
        assertFalse(jars.isEmpty(), "no bundle of ours in " + Command.home());
        return jars;
    }

    private static List<Path> jars(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(Command.home().resolve("bundles"))) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> packages(Path jar, String header) throws IOException {
        String value = QUOTED.matcher(header(jar, header)).replaceAll("");
        return Stream.of(value.split(","))
                .map(clause -> clause.split(";")[0].strip())
                .filter(p -> !p.isEmpty())
                .toList();
    }

    private static String header(Path jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String value = file.getManifest().getMainAttributes().getValue(name);
            return value == null ? "" : value;
        }
    }
}
