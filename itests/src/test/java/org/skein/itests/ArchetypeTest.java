package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.Maven;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;
import org.skein.testkit.storage.MariaDb;

/** A third party's bundles: made by the archetypes, built outside of this project, with nothing but our published jars. */
class ArchetypeTest {
    private static final Path WORK = Path.of("target", "archetype").toAbsolutePath();
    private static final int CONTRACT = 24;
    private static final String COMMANDS = "http://jabber.org/protocol/commands";

    private static final Project STRATEGY =
            new Project("strategy", "near-strategy", "com.example.near", "NearStrategy");
    private static final Project COMMAND = new Project("command", "dear-command", "com.example.dear", "DearCommand");

    /** What an archetype makes. */
    private record Project(String archetype, String artifact, String packageName, String className) {
        void generate(Maven maven, String... properties) throws Exception {
            List<String> all = new ArrayList<>(List.of(
                    "org.apache.maven.plugins:maven-archetype-plugin:3.4.0:generate",
                    "-DarchetypeCatalog=local",
                    "-DarchetypeGroupId=org.skein",
                    "-DarchetypeArtifactId=" + archetype + "-archetype",
                    "-DarchetypeVersion=" + System.getProperty("skein.version"),
                    "-DgroupId=com.example",
                    "-DartifactId=" + artifact,
                    "-Dversion=1.0.0",
                    "-Dpackage=" + packageName,
                    "-DclassName=" + className));
            all.addAll(List.of(properties));
            maven.run(WORK, all.toArray(String[]::new));
            maven.run(folder(), "package");
        }

        Path folder() {
            return WORK.resolve(artifact);
        }

        Path jar() {
            return folder().resolve("target/" + artifact + "-1.0.0.jar");
        }

        /** The report of its tests, which all passed. */
        String report(int least) throws Exception {
            String name = packageName + '.' + className + "Test";
            String report = Files.readString(folder().resolve("target/surefire-reports/TEST-" + name + ".xml"));
            Matcher tests = Pattern.compile("<testsuite [^>]*\\bname=\"" + Pattern.quote(name)
                            + "\"[^>]*\\btests=\"(\\d+)\" errors=\"0\" skipped=\"0\" failures=\"0\"")
                    .matcher(report);
            assertTrue(tests.find(), report.substring(0, Math.min(report.length(), 600)));
            assertTrue(Integer.parseInt(tests.group(1)) >= least, tests.group());
            return report;
        }

        void assertIsABundleThatImportsOnly(String allowed) throws Exception {
            try (JarFile jar = new JarFile(jar().toFile())) {
                Attributes headers = jar.getManifest().getMainAttributes();
                assertEquals(artifact, headers.getValue("Bundle-SymbolicName"));
                assertEquals(
                        "OSGI-INF/" + packageName + '.' + className + ".xml", headers.getValue("Service-Component"));
                String imports = headers.getValue("Import-Package").replaceAll("\"[^\"]*\"", "");
                for (String clause : imports.split(",")) {
                    String name = clause.split(";")[0].strip();
                    assertTrue(name.matches("java\\..*|" + allowed), name);
                }
            }
        }
    }

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
                .module("archetypes/strategy", "strategy-archetype")
                .module("archetypes/command", "command-archetype");
        STRATEGY.generate(maven, "-Dstrategy=near");
        COMMAND.generate(maven, "-Dcommand=dear:sessions");
    }

    // a strategy

    @Test
    void itsTestsPassAndTheContractIsAmongThem() throws Exception {
        String report = STRATEGY.report(CONTRACT + 1);
        assertTrue(report.contains("name=\"whoBindsElsewhereIsFoundFromThatMomentOn\""));
        assertTrue(report.contains("name=\"itIsNeverWrong\""));
    }

    @Test
    void itsJarIsABundleThatNeedsTheApiOnly() throws Exception {
        STRATEGY.assertIsABundleThatImportsOnly("org\\.skein\\.(xmpp|cluster\\.api(\\.strategy)?)");
    }

    @Test
    @EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
    void itIsInstalledInRunningNodesAndRoutes() throws Exception {
        try (ClusterNodes nodes =
                ClusterNodes.create(MariaDb.shared(), "archetype", 2).start()) {
            for (ServerProcess node : nodes.running()) node.shell("start file:" + STRATEGY.jar());
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

    // a command

    @Test
    void theCommandsTestsPass() throws Exception {
        COMMAND.report(2);
    }

    @Test
    void theCommandsJarIsABundleThatNeedsTheApiOnly() throws Exception {
        COMMAND.assertIsABundleThatImportsOnly("org\\.skein\\.(xmpp|api\\.(command|session))");
    }

    @Test
    void theCommandIsInstalledInARunningNodeAndUsedInAllItsForms() throws Exception {
        try (ServerProcess node = ServerProcess.create("admins=" + SharedNode.ADMIN + "@localhost")
                .start()
                .addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD)) {
            node.skein("ctl", "dear:sessions", "localhost").exits(2);
            node.shell("start file:" + COMMAND.jar());
            try (StanzaClient admin = StanzaClient.online(node, SharedNode.ADMIN, "desk")) {
                String row = "alone +1 +1";
                String table = node.skein("ctl", "dear:sessions", "localhost")
                        .succeeds()
                        .output();
                assertTrue(table.lines().anyMatch(l -> l.matches(row)), table);
                table = node.shell("dear:sessions domain=localhost transport=c2s");
                assertTrue(table.lines().anyMatch(l -> l.matches(row)), table);
                Command refused = node.skein("ctl", "dear:sessions", "admin@localhost");
                assertTrue(refused.output().contains("no domain: admin@localhost"), refused::output);
                Xml form = run(admin, "", "");
                assertEquals("executing", form.get("status"));
                Xml done = run(
                        admin,
                        form.get("sessionid"),
                        "<x xmlns='jabber:x:data' type='submit'><field var='domain'><value>localhost</value></field></x>");
                assertEquals("completed", done.get("status"));
                assertEquals(
                        "alone11",
                        done.find("item", "jabber:x:data").orElseThrow().text());
            }
            node.shell("uninstall dear-command");
            node.skein("ctl", "dear:sessions", "localhost").exits(2);
        }
    }

    private static Xml run(StanzaClient admin, String session, String form) throws Exception {
        String id = session.isEmpty() ? "" : " sessionid='" + session + "'";
        Xml answer = admin.iq(
                "set",
                "localhost",
                "<command xmlns='" + COMMANDS + "' node='urn:skein:command:dear:sessions'" + id + ">" + form
                        + "</command>");
        return answer.find("command", COMMANDS).orElseThrow(() -> new AssertionError(answer.toString()));
    }

    @Test
    void nothingOfThemIsLeftInTheLocalRepository() {
        for (Project project : List.of(STRATEGY, COMMAND)) {
            Path installed =
                    Path.of(System.getProperty("skein.maven.repository"), "com", "example", project.artifact());
            assertTrue(Files.notExists(installed), installed::toString);
        }
    }
}
