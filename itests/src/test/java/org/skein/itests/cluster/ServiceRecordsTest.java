package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jivesoftware.smack.ConnectionConfiguration.DnssecMode;
import org.jivesoftware.smack.Smack;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.util.DNSUtil;
import org.jivesoftware.smack.util.dns.DNSResolver;
import org.jivesoftware.smack.util.rce.RemoteConnectionEndpointLookupFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.minidns.dnsname.DnsName;
import org.minidns.record.SRV;
import org.skein.itests.support.Clients;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.StanzaClient;

/** A client finds the nodes by the records of the sample zone, and another one where one does not answer: RFC 6120 §3.2.1. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ServiceRecordsTest {
    private static final Pattern RECORD =
            Pattern.compile("(?m)^(_xmpps?-client)\\._tcp\\s+IN SRV\\s+(\\d+) (\\d+) \\d+ (node\\d)\\.");

    /** Answers from the zone, but for where the hosts are. */
    private static final class Zone extends DNSResolver {
        private final String text;
        private final Map<String, Integer> ports;

        Zone(Map<String, Integer> ports) throws Exception {
            super(false);
            this.text = Files.readString(Command.home().resolve("share/dns/example.org.zone"));
            this.ports = ports;
        }

        @Override
        protected Collection<SRV> lookupSrvRecords0(
                DnsName name, List<RemoteConnectionEndpointLookupFailure> failures, DnssecMode mode) {
            List<SRV> found = new ArrayList<>();
            Matcher record = RECORD.matcher(text);
            while (record.find()) {
                if (!name.toString().startsWith(record.group(1) + ".")) continue;
                String host = record.group(4);
                found.add(new SRV(
                        Integer.parseInt(record.group(2)),
                        Integer.parseInt(record.group(3)),
                        ports.get(host),
                        host + ".example.org."));
            }
            return found;
        }

        @Override
        protected List<InetAddress> lookupHostAddress0(
                DnsName name, List<RemoteConnectionEndpointLookupFailure> failures, DnssecMode mode) {
            return List.of(InetAddress.getLoopbackAddress());
        }
    }

    private static int deadPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void clientsFindTheNodesAndGetOnWhereOneDoesNotAnswer(ClusterNodes nodes) throws Exception {
        int second = nodes.node(1).port("c2s");
        int third = nodes.node(2).port("c2s");
        String user = StanzaClient.register(nodes.node(0));
        Smack.ensureInitialized(); // which chooses a resolver
        DNSResolver before = DNSUtil.getDNSResolver();
        DNSUtil.setDNSResolver(new Zone(Map.of("node1", deadPort(), "node2", second, "node3", third)));
        Set<Integer> reached = new TreeSet<>();
        try {
            // The order is drawn (RFC 2782): that the dead one is never first in 24 is as likely as 1 to 16 000.
            for (int i = 0; i < 24; i++) {
                XMPPTCPConnection connection = new XMPPTCPConnection(Clients.configuration()
                        .setUsernameAndPassword(user, StanzaClient.PASSWORD)
                        .setResource("r" + i)
                        .build());
                try {
                    connection.connect();
                    connection.login();
                    assertTrue(connection.isAuthenticated());
                    reached.add(connection.getPort());
                } finally {
                    connection.disconnect();
                }
            }
        } finally {
            DNSUtil.setDNSResolver(before);
        }
        assertEquals(new TreeSet<>(Set.of(second, third)), reached);
    }
}
