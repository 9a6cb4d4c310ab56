package org.skein.itests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.skein.testkit.storage.MariaDb;

/**
 * Real nodes on one database, all on loopback: {@code node1.skein.test} and so on, by a file of names of their own. The
 * first is number 0.
 * <pre>{@code
 * try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "crash", 3).start()) {
 *     nodes.node(0).kill();
 *     nodes.awaitMembers();
 * }
 * }</pre>
 */
public final class ClusterNodes implements AutoCloseable {
    private static final int NAMES = 5;
    private static final Pattern INSTALLED = Pattern.compile("what=view_installed epoch=(\\d+) .*members=\\[([^]]*)]");

    private final String uri;
    private final Path hosts;
    private final BreakableLinks links; // null where nothing is between the nodes
    private final String[] settings;
    private final List<ServerProcess> nodes = new ArrayList<>();
    private ServerProcess balanced;

    private ClusterNodes(String uri, BreakableLinks links, String... settings) {
        this.uri = uri;
        this.links = links;
        this.settings = settings.clone();
        hosts = hostsFile();
    }

    /** False with {@code -Dskein.tests.mariadb=off}, and for a distribution without the cluster's bundles. */
    public static boolean arePossible() {
        return MariaDb.isWanted() && Files.exists(Command.home().resolve("features/cluster.txt"));
    }

    /**
     * Nodes that are not started yet, on a database of this name.
     *
     * @param settings more of them for every node, as {@code name=value}; they win
     */
    public static ClusterNodes create(MariaDb server, String database, int count, String... settings) {
        return create(server, database, null, count, settings);
    }

    /** The same with links between them that break on command. */
    public static ClusterNodes create(
            MariaDb server, String database, BreakableLinks links, int count, String... settings) {
        ClusterNodes cluster = new ClusterNodes(server.uri(database), links, settings);
        List<ServerProcess> made = IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> cluster.make(i))
                .toList();
        cluster.nodes.addAll(made);
        return cluster;
    }

    /** One more node, not started. @param more settings of this one; they win */
    public ServerProcess add(String... more) {
        ServerProcess node = make(nodes.size(), more);
        nodes.add(node);
        return node;
    }

    private ServerProcess make(int index, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "user-db=mariadb",
                "user-db-uri=" + uri,
                "cluster-mode=true",
                "cluster-hostname=" + name(index),
                "cluster-port=" + (links == null ? 0 : links.port(index)),
                "registration=true",
                "registration-rate=0",
                "login-rate=0",
                "scram-iterations=4096",
                "login-admission-rate=0",
                "c2s-whitespace-ping=1",
                "admins=" + SharedNode.ADMIN + "@localhost," + SharedNode.ABSENT_ADMIN + "@localhost"));
        all.addAll(List.of(settings));
        all.addAll(List.of(more));
        return ServerProcess.create(all.toArray(String[]::new))
                .environment("JAVA_OPTS", "-Djdk.net.hosts.file=" + (links == null ? hosts : links.names(index)));
    }

    /** With this file no other names are resolved. */
    private static Path hostsFile() {
        StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
        for (int i = 0; i < NAMES; i++) {
            lines.append("127.0.0.1 ").append(name(i)).append('\n');
        }
        try {
            Path file = Files.createTempFile("skein-it-hosts", "");
            file.toFile().deleteOnExit();
            return Files.writeString(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cluster host name of a node. */
    public static String name(int index) {
        return "node" + (index + 1) + ".skein.test";
    }

    /** Starts those that do not run, all at once, and waits until all running ones are in the view. */
    public ClusterNodes start() {
        List<ServerProcess> asleep = nodes.stream().filter(n -> !n.isRunning()).toList();
        asleep.forEach(ServerProcess::launch);
        asleep.forEach(ServerProcess::awaitReady);
        awaitMembers();
        return this;
    }

    public ServerProcess node(int index) {
        return nodes.get(index);
    }

    public int size() {
        return nodes.size();
    }

    /** The running ones. */
    public List<ServerProcess> running() {
        return nodes.stream().filter(ServerProcess::isRunning).toList();
    }

    /** All nodes as if they were one: see {@link ServerProcess#balanced}. */
    public synchronized ServerProcess balanced() {
        if (balanced == null) {
            balanced = ServerProcess.balanced(nodes);
        }
        return balanced;
    }

    /** Waits until the view has the running nodes, all of them and no other, and they serve. */
    public void awaitMembers() {
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).isRunning()) {
                expected.add(name(i));
            }
        }
        awaitMembers(expected);
    }

    /** Waits until the view has these, all serving, and those of them that run have installed it. */
    public void awaitMembers(Set<String> names) {
        Await.until(
                "the view is " + names,
                Await.LONG,
                () -> members().equals(names)
                        && allHave(query("SELECT epoch FROM cluster_view").get(0), names),
                () -> " but " + seen());
    }

    private boolean allHave(String epoch, Set<String> names) {
        for (int i = 0; i < nodes.size(); i++) {
            if (names.contains(name(i)) && nodes.get(i).isRunning()) {
                Matcher installed = INSTALLED.matcher(nodes.get(i).log());
                String last = "";
                String members = "";
                while (installed.find()) {
                    last = installed.group(1);
                    members = installed.group(2);
                }
                if (!last.equals(epoch) || members.split(":SERVING", -1).length != names.size() + 1) return false;
            }
        }
        return true;
    }

    /** The names in the view. */
    public Set<String> members() throws SQLException {
        return new TreeSet<>(query("SELECT name FROM cluster_member"));
    }

    private String seen() {
        try {
            return members() + " of "
                    + query("SELECT CONCAT(hostname, ' ', state, ' ', last_updated) FROM cluster_nodes");
        } catch (SQLException e) {
            return e.toString();
        }
    }

    /** The first column of each row. */
    public List<String> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    public void update(String... sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.executeUpdate(one);
            }
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(uri);
    }

    /** The settings of the database, for a node that is made otherwise. */
    public String uri() {
        return uri;
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::close);
        try {
            Files.deleteIfExists(hosts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
