package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Maven;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** A third party's strategy: made by the archetype, built outside of this project, with nothing but our published jars. */
class ArchetypeTest {
    private static final Path WORK = Path.of("target", "archetype").toAbsolutePath();
    private static final Path PROJECT = WORK.resolve("near-strategy");
    private static final Pattern TESTS = Pattern.compile(
            "<testsuite [^>]*\\bname=\"com\\.example\\.near\\.NearStrategyTest\"[^>]*\\btests=\"(\\d+)\" errors=\"0\" skipped=\"0\" failures=\"0\"");
    private static final int CONTRACT = 24;

    @BeforeAll
    static void generateAndBuild() throws Exception {
        Maven maven = new Maven(WORK)
                .parent(".", "skein")
                .parent("bundles", "bundles")
                .module("bundles/org.skein.xmpp", "org.skein.xmpp")
                .module("bundles/org.skein.api", "org.skein.api")
                .module("bundles/org.skein.cluster.api", "org.skein.cluster.api")
                .module("bundles/org.skein.testkit", "org.skein.testkit")
                .module("bundles/org.skein.testkit.strategy", "org.skein.testkit.strategy")
                .module("archetypes/strategy", "strategy-archetype");
        maven.run(
                WORK,
                "org.apache.maven.plugins:maven-archetype-plugin:3.4.0:generate",
                "-DarchetypeCatalog=local",
                "-DarchetypeGroupId=org.skein",
                "-DarchetypeArtifactId=strategy-archetype",
                "-DarchetypeVersion=" + System.getProperty("skein.version"),
                "-DgroupId=com.example",
                "-DartifactId=near-strategy",
                "-Dversion=1.0.0",
                "-Dpackage=com.example.near",
                "-Dstrategy=near",
                "-DclassName=NearStrategy");
        maven.run(PROJECT, "package");
    }

    @Test
    void itsTestsPassAndTheContractIsAmongThem() throws Exception {
        String report =
                Files.readString(PROJECT.resolve("target/surefire-reports/TEST-com.example.near.NearStrategyTest.xml"));
        Matcher tests = TESTS.matcher(report);
        assertTrue(tests.find(), report.substring(0, Math.min(report.length(), 600)));
        assertTrue(Integer.parseInt(tests.group(1)) > CONTRACT, tests.group());
        assertTrue(report.contains("name=\"whoBindsElsewhereIsFoundFromThatMomentOn\""));
        assertTrue(report.contains("name=\"itIsNeverWrong\""));
    }

    @Test
    void itsJarIsABundleThatNeedsTheApiOnly() throws Exception {
        try (JarFile jar = new JarFile(jar().toFile())) {
            Attributes headers = jar.getManifest().getMainAttributes();
            assertEquals("near-strategy", headers.getValue("Bundle-SymbolicName"));
            assertEquals("OSGI-INF/com.example.near.NearStrategy.xml", headers.getValue("Service-Component"));
            String imports = headers.getValue("Import-Package").replaceAll("\"[^\"]*\"", "");
            for (String clause : imports.split(",")) {
                String name = clause.split(";")[0].strip();
                assertTrue(name.matches("java\\..*|org\\.skein\\.(xmpp|cluster\\.api(\\.strategy)?)"), name);
            }
        }
    }

    @Test
    @EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
    void itIsInstalledInRunningNodesAndRoutes() throws Exception {
        try (ClusterNodes nodes =
                ClusterNodes.create(MariaDb.shared(), "archetype", 2).start()) {
            for (ServerProcess node : nodes.running()) node.shell("start file:" + jar());
            nodes.node(0).shell("cluster:strategy --all near");
            String romeo = StanzaClient.register(nodes.node(0));
            String juliet = StanzaClient.register(nodes.node(0));
            try (StanzaClient a = StanzaClient.online(nodes.node(0), romeo, "r");
                    StanzaClient b = StanzaClient.online(nodes.node(1), juliet, "r")) {
                a.chat(b.bare(), "by way of one's own strategy");
                b.awaitBody("by way of one's own strategy");
            }
            String shown = nodes.node(0).shell("cluster:strategy");
            assertTrue(shown.lines().anyMatch(l -> l.matches("near +1 +in use .*")), shown);
        }
    }

    @Test
    void nothingOfItIsLeftInTheLocalRepository() {
        Path installed = Path.of(System.getProperty("skein.maven.repository"), "com", "example", "near-strategy");
        assertTrue(Files.notExists(installed), installed::toString);
    }

    /** The bundle, for whoever installs it in a node. */
    static Path jar() {
        return PROJECT.resolve("target/near-strategy-1.0.0.jar");
    }
}
