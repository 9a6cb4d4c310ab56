package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Command;

/** The files under share/ that operators start from fit the server's defaults. */
class SamplesTest {
    private static final Pattern SRV = Pattern.compile(
            "(?m)^(_[a-z-]+\\._tcp) +IN SRV +([0-9]+) ([0-9]+) ([0-9]+) ([a-z0-9.]+)\\.example\\.org\\.$");

    private static String read(String file) throws IOException {
        return Files.readString(Command.home().resolve("share").resolve(file));
    }

    private static Map<String, String> defaults() throws IOException {
        Map<String, String> defaults = new HashMap<>();
        for (String line : read("settings.tsv").split("\n")) {
            String[] fields = line.split("\t", -1);
            defaults.put(fields[0], fields.length > 4 ? fields[4] : "");
        }
        return defaults;
    }

    @Test // RFC 2782, RFC 6120 §3.2.1, XEP-0368
    void theServiceRecordsNameTheDefaultPortsAndHostsThatHaveAddresses() throws IOException {
        String zone = read("dns/example.org.zone");
        Map<String, Integer> count = new TreeMap<>();
        Matcher record = SRV.matcher(zone);
        while (record.find()) {
            count.merge(record.group(1), 1, Integer::sum);
            String setting = record.group(1).startsWith("_xmpps") ? "c2s-tls-port" : "c2s-port";
            assertEquals(defaults().get(setting), record.group(4), record.group());
            assertTrue(zone.matches("(?sm).*^" + record.group(5) + " +IN A +192\\.0\\.2\\..*"), record.group());
        }
        assertEquals(Map.of("_xmpp-client._tcp", 3, "_xmpps-client._tcp", 3), count);
    }

    @Test
    void theBalancersConfigurationNamesTheDefaultPorts() throws IOException {
        String config = read("haproxy/haproxy.cfg");
        for (String port : List.of("c2s-port", "c2s-tls-port", "http-port")) {
            assertTrue(config.matches("(?s).*(:|port )" + defaults().get(port) + "\\b.*"), port);
        }
    }
}
