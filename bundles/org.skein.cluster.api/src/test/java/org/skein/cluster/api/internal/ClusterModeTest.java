package org.skein.cluster.api.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class ClusterModeTest {
    private static <T> T fake(Class<T> type, java.util.function.Function<Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                ClusterModeTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> answer.apply(args)));
    }

    private static ClusterMode where(String database, String kind, Map<String, Object> config) {
        ServiceReference<?> reference = fake(ServiceReference.class, args -> null);
        BundleContext context = fake(BundleContext.class, args -> {
            boolean fits = args[1].equals("(skein.database=" + database + ")")
                    || args[1].equals("(skein.database.kind=" + kind + ")");
            return fits ? List.of(reference) : List.of();
        });
        return new ClusterMode(context, config);
    }

    @Test
    void itCannotBeOnWithAnEmbeddedDatabaseNorWithH2() {
        for (ClusterMode mode : List.of(where("embedded", "h2", Map.of()), where("shared", "h2", Map.of()))) {
            assertTrue(mode.apply(true).contains("--user-db-uri="), mode.apply(true));
            assertEquals("", mode.apply(false));
            assertEquals("", mode.apply("false"));
        }
    }

    @Test
    void itMayBeOnWithADatabaseThatIsShared() {
        assertEquals("", where("shared", "mariadb", Map.of()).apply(true));
        assertEquals("", where("shared", "mysql", Map.of()).apply("true"));
    }

    @Test
    void theFeatureMayBeInstalledWhereTheModeIsOff() {
        ClusterMode mode = where("embedded", "h2", Map.of("mode", false));
        assertEquals("", mode.apply(null));
        assertTrue(mode.apply(true).contains("--user-db-uri="));
        mode.modified(Map.of());
        assertTrue(mode.apply(null).contains("--user-db-uri="));
    }
}
