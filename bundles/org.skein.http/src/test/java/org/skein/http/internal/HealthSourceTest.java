package org.skein.http.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.ListenerInfo;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;

class HealthSourceTest {
    private final List<Object> services = new ArrayList<>();
    private Cluster cluster;

    private NodeHealth ask() {
        return new HealthSource(registry(services), () -> cluster).get();
    }

    /** A registry that finds by type only. */
    private static BundleContext registry(List<Object> services) {
        Map<Object, Object> byReference = new HashMap<>();
        return (BundleContext) Proxy.newProxyInstance(
                HealthSourceTest.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, a) -> {
                    switch (method.getName()) {
                        case "getServiceReferences" -> {
                            List<ServiceReference<?>> found = new ArrayList<>();
                            for (Object service : services) {
                                if (((Class<?>) a[0]).isInstance(service)) {
                                    ServiceReference<?> reference = reference();
                                    byReference.put(reference, service);
                                    found.add(reference);
                                }
                            }
                            return found;
                        }
                        case "getService" -> {
                            return byReference.get(a[0]);
                        }
                        default -> {
                            return true;
                        }
                    }
                });
    }

    private static ServiceReference<?> reference() {
        Object identity = new Object();
        return (ServiceReference<?>) Proxy.newProxyInstance(
                HealthSourceTest.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, method, a) -> method.getName().equals("equals") ? proxy == a[0] : identity.hashCode());
    }

    private void check(String name, HealthCheck.Status status) {
        services.add(new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Health check() {
                if (status == null) {
                    throw new IllegalStateException("broken");
                }
                return new Health(status, "secret detail");
            }
        });
    }

    private void member(NodeState state, boolean serving) {
        NodeId self = new NodeId("a", 1);
        View view = new View(1, 1, state == null ? List.of() : List.of(new Member(self, state, 1)));
        cluster = (Cluster) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Cluster.class},
                (proxy, method, a) -> switch (method.getName()) {
                    case "isServing" -> serving;
                    case "view" -> view;
                    default -> self;
                });
    }

    private void open(String listener) {
        services.add(new ListenerInfo(listener, listener + "-port", new InetSocketAddress(1)));
    }

    @Test
    void aNodeWithAnOpenPortAndNothingBrokenIsUp() {
        open("c2s");
        check("database", HealthCheck.Status.OK);
        check("tls", HealthCheck.Status.DEGRADED);
        assertTrue(ask().isUp());
        assertEquals(Map.of("database", "ok", "tls", "degraded"), ask().checks());
        assertFalse(ask().json().contains("secret"), ask()::json);
    }

    @Test
    void aNodeWithoutAPortOrWithABrokenPartIsDown() {
        check("database", HealthCheck.Status.OK);
        assertEquals("closed", ask().node());
        open("c2s");
        assertTrue(ask().isUp());
        check("storage", HealthCheck.Status.DOWN);
        assertFalse(ask().isUp());
    }

    @Test
    void aCheckThatFailsIsNoReasonToTurnClientsAway() {
        open("c2s");
        check("broken", null);
        assertTrue(ask().isUp());
        assertEquals("degraded", ask().checks().get("broken"));
    }

    @Test
    void aMemberIsUpWhileItServesOnly() {
        open("c2s");
        member(NodeState.SERVING, true);
        assertTrue(ask().isUp());
        member(NodeState.DRAINING, true);
        assertEquals("draining", ask().node());
        member(NodeState.JOINING, false);
        assertEquals("joining", ask().node());
        member(null, false);
        assertEquals("joining", ask().node());
        member(NodeState.SERVING, false);
        assertEquals("outside", ask().node());
        assertFalse(ask().isUp());
    }

    @Test // RFC 8259 §7
    void namesOfOthersCannotBreakTheAnswer() {
        String json = new NodeHealth("serving", new TreeMap<>(Map.of("a\"b\\c\n\u00e9", "OK"))).json();
        assertTrue(json.contains("{\"a\\\"b\\\\c\\u000a\\u00e9\":\"ok\"}"), json);
    }
}
