package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
    private static final HostName.Resolver NAMES = new HostName.Resolver() {
        private final Map<String, byte[]> known = Map.of(
                "node1.example.com", new byte[] {10, 0, 0, 1},
                "node1.skein.test", new byte[] {127, 0, 0, 11},
                "10.0.0.7", new byte[] {10, 0, 0, 7});

        @Override
        public InetAddress[] resolve(String name) throws UnknownHostException {
            byte[] address = known.get(name);
            if (address == null) throw new UnknownHostException(name);
            return new InetAddress[] {InetAddress.getByAddress(name, address)};
        }

        @Override
        public String ownName() {
            return "Node1.Example.com";
        }
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost.localdomain",
                "a.localhost",
                "127.0.0.1",
                "127.1",
                "127.3.2.1",
                "::1",
                "[::1]",
                "0:0:0:0:0:0:0:1",
                "0.0.0.0",
                "::",
                "nowhere.example.com",
                "two words",
                "host:5777/x"
            })
    void aNameThatLeadsNobodyHereIsRefusedWithWhatToSet(String name) {
        HostName host = HostName.of(name, NAMES);
        assertTrue(host.refusal().isPresent(), name);
        assertTrue(
                host.refusal().get().contains("--cluster-hostname=NAME"),
                host.refusal().get());
    }

    @Test
    void theMachinesOwnNameIsTakenWhereNoneIsSetAndInLowerCase() {
        assertEquals("node1.example.com", HostName.of(" ", NAMES).name());
        assertFalse(HostName.of("", NAMES).refusal().isPresent());
    }

    @Test
    void aMachineWithoutANameIsRefused() {
        HostName host = HostName.of("", new HostName.Resolver() {
            @Override
            public InetAddress[] resolve(String name) throws UnknownHostException {
                throw new UnknownHostException(name);
            }

            @Override
            public String ownName() throws UnknownHostException {
                throw new UnknownHostException("box: Name or service not known");
            }
        });
        assertTrue(host.refusal().get().contains("box"));
    }

    @Test
    void aNameThatResolvesToLoopbackIsWarnedAboutAndUsed() {
        HostName host = HostName.of("node1.skein.test", NAMES);
        assertFalse(host.refusal().isPresent());
        assertTrue(host.warning().get().contains("127.0.0.11"));
    }

    @Test
    void anAddressOfTheMachineMayBeItsName() {
        assertEquals("10.0.0.7", HostName.of("10.0.0.7", NAMES).name());
        assertFalse(HostName.of("10.0.0.7", NAMES).refusal().isPresent());
    }
}
