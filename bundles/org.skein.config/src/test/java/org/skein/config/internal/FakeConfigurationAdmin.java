package org.skein.config.internal;

import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** As much of Configuration Admin as {@link Configurator} uses; counts the writes. */
final class FakeConfigurationAdmin {
    private final Map<String, Dictionary<String, Object>> stored = new LinkedHashMap<>();
    int writes;

    ConfigurationAdmin service() {
        return (ConfigurationAdmin) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ConfigurationAdmin.class},
                (p, m, a) -> switch (m.getName()) {
                    case "getConfiguration" -> configuration((String) a[0]);
                    case "getFactoryConfiguration" -> configuration(a[0] + "~" + a[1]);
                    case "listConfigurations" -> list((String) a[0]);
                    default -> throw new UnsupportedOperationException(m.getName());
                });
    }

    private Configuration[] list(String filter) {
        String pid = filter.replace("(service.pid=", "").replace(")", "");
        return stored.containsKey(pid) ? new Configuration[] {configuration(pid)} : null;
    }

    @SuppressWarnings("unchecked")
    private Configuration configuration(String pid) {
        return (Configuration) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Configuration.class}, (p, m, a) -> switch (m.getName()) {
                    case "getPid" -> pid;
                    case "getProperties" -> stored.get(pid);
                    case "update" -> {
                        stored.put(pid, (Dictionary<String, Object>) a[0]);
                        writes++;
                        yield null;
                    }
                    case "delete" -> stored.remove(pid);
                    default -> throw new UnsupportedOperationException(m.getName());
                });
    }

    /** What somebody else writes, over what is there. */
    void written(String pid, String key, Object value) {
        Hashtable<String, Object> properties = new Hashtable<>();
        Dictionary<String, Object> before = stored.get(pid);
        if (before != null) {
            Collections.list(before.keys()).forEach(k -> properties.put(k, before.get(k)));
        }
        properties.put(key, value);
        stored.put(pid, properties);
    }

    Object value(String pid, String key) {
        Dictionary<String, Object> properties = stored.get(pid);
        return properties == null ? null : properties.get(key);
    }

    boolean has(String pid) {
        return stored.containsKey(pid);
    }
}
