package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;
import org.skein.testkit.SignedJar;
import org.skein.testkit.storage.MariaDb;

/** A bundle given on one node goes to all of them, and whoever was away has it when he is back. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class BundlesEverywhereTest {
    private static final String NAME = "component-echo";
    private static final String INSTALL = "bundle:install-everywhere";
    private static final String UPDATE = "bundle:update-everywhere";
    private static final String UNINSTALL = "bundle:uninstall-everywhere";
    private static final String OTHER = "strategy-home";

    @TempDir
    Path folder;

    @Test
    void aBundleIsPutOnAllNodesUpdatedRolledBackKeptAndTakenAway() throws Exception {
        try (ClusterNodes nodes =
                ClusterNodes.create(MariaDb.shared(), "bundles", 2).start()) {
            ServerProcess first = nodes.node(0);
            first.addUser(SharedNode.ADMIN + "@localhost", StanzaClient.PASSWORD);
            Path jar = Examples.componentEcho();
            badInputIsRefused(first, jar);

            // the path is relative to the folder of who types it
            String relative = Path.of("")
                    .toAbsolutePath()
                    .relativize(jar.toAbsolutePath())
                    .toString();
            String sha256 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
            Command installed = first.skein("ctl", INSTALL, "file=" + relative, "sha256=" + sha256);
            installed.succeeds();
            for (int i = 0; i < 2; i++) {
                String row = ClusterNodes.name(i) + " +" + NAME + " +\\S+ +installed +" + sha256;
                assertTrue(installed.output().lines().anyMatch(l -> l.matches(row)), installed::output);
            }
            try (StanzaClient romeo = StanzaClient.online(nodes.node(1), StanzaClient.register(first), "x")) {
                romeo.chat("echo.localhost", "from the second node");
                romeo.awaitBody("from the second node");
                assertEquals(
                        "auth/forbidden",
                        romeo.iq("set", "localhost", command("action='execute'", ""))
                                .error());
            }

            first.skein("ctl", UPDATE, "file=" + version(jar, "8.0.0", "")).succeeds();
            assertAllHave(nodes, "8.0.0");
            brokenOnesAreRolledBack(nodes, jar);

            // one joins later, one is away while it is updated
            ServerProcess second = nodes.node(1);
            second.stop();
            ServerProcess third = nodes.add().start();
            nodes.awaitMembers();
            awaitBroughtInLine(third, "installed", "8.0.0");
            first.skein("ctl", UPDATE, "file=" + version(jar, "9.0.0", "")).succeeds();
            second.start();
            nodes.awaitMembers();
            awaitBroughtInLine(second, "updated", "9.0.0");
            assertAllHave(nodes, "9.0.0");
            assertEquals(
                    1, count(second.log(), "what=shared_bundle_installed bundle=" + NAME), "it had the one before");

            try (StanzaClient admin = StanzaClient.online(nodes.node(2), SharedNode.ADMIN, "desk")) {
                Xml answer = uninstalled(admin);
                assertEquals(3, count(answer.toString(), "removed"), answer::toString);
                for (ServerProcess node : nodes.running()) {
                    assertFalse(node.shell("bundle:list").contains(NAME), node::logs);
                }
                assertEquals("cancel/item-not-found", uninstalled(admin).error());
            }
        }
    }

    private static String command(String attributes, String payload) {
        return "<command xmlns='http://jabber.org/protocol/commands' node='urn:skein:command:" + UNINSTALL + "' "
                + attributes + ">" + payload + "</command>";
    }

    private static Xml uninstalled(StanzaClient admin) throws IOException {
        Xml form = admin.iq("set", "localhost", command("action='execute'", ""))
                .find("command", "http://jabber.org/protocol/commands")
                .orElseThrow();
        return admin.iq(
                "set",
                "localhost",
                command(
                        "sessionid='" + form.get("sessionid") + "'",
                        "<x xmlns='jabber:x:data' type='submit'><field var='name'><value>" + NAME
                                + "</value></field></x>"));
    }

    private void badInputIsRefused(ServerProcess node, Path jar) throws Exception {
        assertRefused(node, 1, "there is no bundle", UPDATE, "file=" + jar);
        assertRefused(node, 2, "field sha256: ", INSTALL, "file=" + jar, "sha256=" + "0".repeat(64));
        assertRefused(node, 2, "is a relative path", INSTALL, "file=no/such.jar");
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        assertRefused(node, 2, "no jar, or damaged", INSTALL, "file=" + text);
        Path signed = SignedJar.of(Files.copy(jar, folder.resolve("echo.jar")));
        Path spoilt = SignedJar.spoilt(signed, "org/skein/examples/echo/EchoComponent.class");
        assertRefused(node, 2, "signature", INSTALL, "file=" + spoilt);
    }

    private static void assertRefused(ServerProcess node, int status, String reason, String... words) {
        String[] line = new String[words.length + 1];
        line[0] = "ctl";
        System.arraycopy(words, 0, line, 1, words.length);
        Command refused = node.skein(line);
        assertTrue(refused.output().contains(reason), refused::output);
        assertEquals(status, refused.status(), refused::output);
    }

    private void brokenOnesAreRolledBack(ClusterNodes nodes, Path jar) throws Exception {
        ServerProcess first = nodes.node(0);
        String[] names = {ClusterNodes.name(0), ClusterNodes.name(1)};
        Command unmet = first.skein("ctl", UPDATE, "file=" + version(jar, "8.1.0", "com.example.missing"));
        unmet.exits(1);
        assertTrue(
                unmet.output()
                        .contains(names[0] + ": failed: it needs what is not there: package com.example.missing;"
                                + " as before: version 8.0.0"),
                unmet::output);
        assertTrue(unmet.output().contains(names[1] + ": failed: it was not its turn"), unmet::output);
        Command failing = first.skein("ctl", UPDATE, "file=" + failingComponent());
        failing.exits(1);
        assertTrue(failing.output().contains("its component broken fails: "), failing::output);
        assertAllHave(nodes, "8.0.0");

        // the second node has one of that name already
        nodes.node(1).shell("start file:" + Examples.strategyHome());
        Command refused = nodes.node(0).skein("ctl", INSTALL, "file=" + Examples.strategyHome());
        refused.exits(1);
        assertTrue(refused.output().contains(names[0] + ": failed: as before: it is not there"), refused::output);
        assertTrue(refused.output().contains(names[1] + ": failed: there is a bundle " + OTHER), refused::output);
        assertFalse(first.shell("bundle:list name=" + OTHER)
                .lines()
                .anyMatch(l -> l.startsWith(names[0]) && l.contains(OTHER)));
        nodes.node(1).shell("uninstall " + OTHER);
    }

    private static List<String> versions(ClusterNodes nodes) {
        String list = nodes.node(0)
                .skein("ctl", "bundle:list", "name=" + NAME)
                .succeeds()
                .output();
        return list.lines()
                .skip(1)
                .map(l -> l.split(" +"))
                .map(cells -> cells[2] + " " + cells[3])
                .toList();
    }

    private static void assertAllHave(ClusterNodes nodes, String version) {
        assertEquals(Collections.nCopies(nodes.running().size(), version + " active"), versions(nodes));
    }

    /** By the log: a look at all nodes takes a process. */
    private static void awaitBroughtInLine(ServerProcess node, String change, String version) {
        String line = "what=shared_bundle_" + change + " bundle=" + NAME + " version=" + version + " ";
        Await.until("it is in line", Await.LONG, () -> node.log().contains(line), node::logs);
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    /** The same bundle as another version, that may import one package more. */
    private Path version(Path jar, String version, String imported) throws IOException {
        try (JarFile from = new JarFile(jar.toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            Attributes headers = manifest.getMainAttributes();
            headers.putValue("Bundle-Version", version);
            if (!imported.isEmpty()) {
                headers.putValue("Import-Package", headers.getValue("Import-Package") + "," + imported);
            }
            Path made = folder.resolve("echo-" + version + ".jar");
            try (OutputStream out = Files.newOutputStream(made);
                    JarOutputStream to = new JarOutputStream(out, manifest)) {
                for (JarEntry entry : Collections.list(from.entries())) {
                    if (entry.isDirectory() || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
                    to.putNextEntry(new ZipEntry(entry.getName()));
                    from.getInputStream(entry).transferTo(to);
                    to.closeEntry();
                }
            }
            return made;
        }
    }

    /** Its component's class has no constructor that can be called. */
    private Path failingComponent() throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", NAME);
        headers.putValue("Bundle-Version", "8.2.0");
        headers.putValue("Service-Component", "OSGI-INF/broken.xml");
        Path made = folder.resolve("failing.jar");
        try (OutputStream out = Files.newOutputStream(made);
                JarOutputStream to = new JarOutputStream(out, manifest)) {
            to.putNextEntry(new ZipEntry("OSGI-INF/broken.xml"));
            to.write(("<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='broken' immediate='true'>"
                            + "<implementation class='java.lang.Void'/></scr:component>")
                    .getBytes(StandardCharsets.UTF_8));
            to.closeEntry();
        }
        return made;
    }
}
