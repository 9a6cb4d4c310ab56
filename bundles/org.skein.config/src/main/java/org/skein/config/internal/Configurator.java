package org.skein.config.internal;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.skein.config.settings.Problem;
import org.skein.config.settings.SettingsTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of Configuration Admin: lays the console's values over those of the files, key by key, and writes the
 * PIDs that differ. What others write there is taken over as set at the console. All methods under one lock; none is
 * called by an event loop.
 */
final class Configurator implements ConfigurationListener {
    private static final Logger log = LoggerFactory.getLogger(Configurator.class);
    private static final Set<String> SERVICE_KEYS =
            Set.of("service.pid", "service.factoryPid", "service.bundleLocation", "felix.fileinstall.filename");

    private final ConfigurationAdmin admin;
    private final InstanceFiles files;
    private final Overrides overrides;
    private final Supplier<SettingsTable> tables;
    private SettingsTable table;
    private Layer fromFiles = new Layer();
    private Layer effective = new Layer();
    private Map<String, Object> loggingAtStart;

    /** PID as written in files → PID in Configuration Admin, which names the instances of a factory itself. */
    private final Map<String, String> written = new HashMap<>();

    Configurator(ConfigurationAdmin admin, InstanceFiles files, Overrides overrides, Supplier<SettingsTable> tables) {
        this.admin = admin;
        this.files = files;
        this.overrides = overrides;
        this.tables = tables;
    }

    /** Reads all anew; applies it only if nothing is wrong. Answers what is wrong. */
    synchronized List<Problem> reload() throws IOException {
        table = tables.get();
        table.complaints().forEach(c -> log.warn("what=settings_table_ignored reason={}", c));
        InstanceFiles.Reading reading = files.read(table);
        reading.warnings().forEach(w -> log.warn("what=config_warning {}", w));
        if (reading.problems().isEmpty()) {
            fromFiles = reading.layer();
            apply();
        }
        return reading.problems();
    }

    synchronized void loadOverrides() throws IOException {
        overrides.load();
    }

    /** The instance folder, to which relative paths are resolved. */
    java.nio.file.Path base() {
        return files.base();
    }

    synchronized SettingsTable table() {
        return table;
    }

    synchronized Layer effective() {
        return effective;
    }

    synchronized void set(Map<String, Map<String, Object>> values) throws IOException {
        values.forEach((pid, keys) -> keys.forEach((key, value) -> overrides.put(pid, key, value)));
        overrides.save();
        apply();
    }

    /** True if there was something to take back. */
    synchronized boolean reset(String pid, Collection<String> keys) throws IOException {
        boolean found = false;
        for (String key : keys) {
            found |= overrides.remove(pid, key);
        }
        if (found) {
            overrides.save();
            apply();
        }
        return found;
    }

    private void apply() throws IOException {
        Layer next = new Layer();
        next.cover(fromFiles);
        next.cover(overrides.layer());
        effective = next;
        Map<String, Map<String, Value>> wanted = new LinkedHashMap<>();
        next.forEach((pid, values) -> {
            if (!values.isEmpty()) {
                wanted.put(pid, values);
            }
        });
        if (loggingIsAsStarted(wanted.get(LogLevels.PID))) {
            wanted.remove(LogLevels.PID);
        }
        for (Map.Entry<String, Map<String, Value>> e : wanted.entrySet()) {
            Configuration c = configuration(e.getKey());
            written.put(e.getKey(), c.getPid());
            Dictionary<String, Object> properties = new Hashtable<>();
            e.getValue().forEach((key, value) -> properties.put(key, value.value()));
            Map<String, Object> before = plain(c.getProperties());
            Map<String, Object> after = plain(properties);
            if (!before.equals(after)) {
                log.info("what=configured pid={} keys={}", e.getKey(), changed(before, after));
                c.update(properties);
            }
        }
        for (String pid : List.copyOf(written.keySet())) {
            if (!wanted.containsKey(pid)) {
                admin.getConfiguration(written.remove(pid), "?").delete();
                log.info("what=unconfigured pid={}", pid);
            }
        }
    }

    /**
     * The logging bundle has read its file by itself when it started, long before us. To tell it the same again would
     * have it build everything anew, which costs a tenth of the whole start.
     */
    private boolean loggingIsAsStarted(Map<String, Value> logging) {
        if (logging == null || written.containsKey(LogLevels.PID)) {
            return false;
        }
        Map<String, Object> values = new HashMap<>();
        logging.forEach((key, value) -> values.put(key, value.value()));
        if (loggingAtStart == null && logging.values().stream().allMatch(v -> v.source() == Source.CFG)) {
            loggingAtStart = values;
        }
        return values.equals(loggingAtStart);
    }

    private Configuration configuration(String pid) throws IOException {
        int tilde = pid.indexOf('~');
        return tilde > 0
                ? admin.getFactoryConfiguration(pid.substring(0, tilde), pid.substring(tilde + 1), "?")
                : admin.getConfiguration(pid, "?");
    }

    private static Set<String> changed(Map<String, Object> before, Map<String, Object> after) {
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        return keys;
    }

    /** Without the framework's own keys, in a form that compares by value. */
    private static Map<String, Object> plain(Dictionary<String, Object> properties) {
        Map<String, Object> map = new HashMap<>();
        if (properties == null) {
            return map;
        }
        for (Enumeration<String> keys = properties.keys(); keys.hasMoreElements(); ) {
            String key = keys.nextElement();
            if (!SERVICE_KEYS.contains(key)) {
                map.put(key, comparable(properties.get(key)));
            }
        }
        return map;
    }

    private static Object comparable(Object value) {
        return value instanceof Object[] array ? Arrays.asList(array) : value;
    }

    /** Somebody wrote to Configuration Admin: what differs from ours was set by an operator, and is kept. */
    @Override
    public synchronized void configurationEvent(ConfigurationEvent event) {
        String pid = event.getPid();
        if (pid.equals(Fence.PID)) {
            return;
        }
        try {
            if (event.getType() == ConfigurationEvent.CM_UPDATED) {
                takeOver(pid);
            } else if (event.getType() == ConfigurationEvent.CM_DELETED && written.containsValue(pid)) {
                overrides.removeAll(pid);
                overrides.save();
                apply();
            }
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            log.warn("what=config_change_not_kept pid={}", pid, e);
        }
    }

    private void takeOver(String pid) throws IOException, InvalidSyntaxException {
        Configuration[] found = admin.listConfigurations("(service.pid=" + pid + ")");
        Dictionary<String, Object> now = found == null ? null : found[0].getProperties();
        if (now == null) {
            return;
        }
        Map<String, Object> values = plain(now);
        Map<String, Value> ours = effective.values(pid);
        boolean changed = false;
        for (Map.Entry<String, Object> e : values.entrySet()) {
            Value mine = ours.get(e.getKey());
            if (mine == null || !Objects.equals(comparable(mine.value()), e.getValue())) {
                overrides.put(pid, e.getKey(), now.get(e.getKey()));
                changed = true;
            }
        }
        if (changed || !values.keySet().containsAll(ours.keySet())) {
            overrides.save();
            apply();
            log.info("what=config_taken_over pid={}", pid);
        }
    }
}
