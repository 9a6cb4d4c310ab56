package org.skein.itests.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** HAProxy in front of nodes, with the configuration the distribution brings, in which only names and ports are changed. */
public final class HaProxy implements AutoCloseable {
    /** Where it comes from, so that tests reach the nodes past it too: {@code proxy-protocol-from}. */
    public static final String ADDRESS = "127.0.0.2";

    private final Path folder;
    private final Process process;
    private final int port;
    private final int tlsPort;

    private HaProxy(Path folder, Process process, int port, int tlsPort) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    public static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "") + ":/usr/sbin")
                .flatMap(path -> Stream.of(path.split(":")))
                .anyMatch(f -> Files.isExecutable(Path.of(f, "haproxy")));
    }

    /** @param nodes that run already; at most three */
    public static HaProxy start(List<ServerProcess> nodes) throws IOException {
        Path folder = Files.createTempDirectory("skein-haproxy");
        int port = freePort();
        int tlsPort = freePort();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Command.home().resolve("share/haproxy/haproxy.cfg"))) {
            if (!line.matches(" *server node[0-9] .*")) {
                lines.add(line.replaceFirst("bind :5222$", "bind 127.0.0.1:" + port)
                        .replaceFirst("bind :5223$", "bind 127.0.0.1:" + tlsPort)
                        .replaceFirst("maxconn .*", "maxconn 1000")
                        .replaceFirst("send-proxy-v2", "source " + ADDRESS + " send-proxy-v2"));
            } else {
                int number = line.charAt(line.indexOf("node") + 4) - '0';
                if (number <= nodes.size()) {
                    lines.add(served(line, nodes.get(number - 1)));
                }
            }
        }
        Path file = Files.write(folder.resolve("haproxy.cfg"), lines);
        Process process = new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Processes.guard(process.toHandle());
        HaProxy balancer = new HaProxy(folder, process, port, tlsPort);
        Await.until("HAProxy listens", Await.LONG, balancer::answers, balancer::log);
        return balancer;
    }

    private static String served(String line, ServerProcess node) {
        return line.replaceFirst("node[0-9]\\.example\\.org:5222", "127.0.0.1:" + node.port("c2s"))
                .replaceFirst("node[0-9]\\.example\\.org:5223", "127.0.0.1:" + node.port("c2s-tls"))
                .replaceFirst("port 5280", "port " + node.port("http"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            if (!process.isAlive()) {
                throw new AssertionError("HAProxy ended: " + log(), e);
            }
            return false;
        }
    }

    /** Clients with STARTTLS. */
    public int port() {
        return port;
    }

    public int tlsPort() {
        return tlsPort;
    }

    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        for (String file : List.of("haproxy.cfg", "log", "")) {
            Files.deleteIfExists(folder.resolve(file));
        }
    }
}
