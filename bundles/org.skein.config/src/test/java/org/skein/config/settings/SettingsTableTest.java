package org.skein.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
    private final SettingsTable table = new SettingsTable.Builder()
            .add(
                    "test",
                    Stream.of(
                            "c2s-port\torg.skein.c2s\tport\tint\t5222\tport",
                            "x-name\tcom.example\tname\tstring\t\tname",
                            "x-*\tcom.example\tx.*\tstring\t\tmore"))
            .build();

    @Test
    void aKeyNobodyReadsIsWrong() {
        assertEquals(Optional.of("unknown key 'prot'; did you mean 'port'?"), table.wrongKey("org.skein.c2s", "prot"));
        assertEquals(Optional.empty(), table.wrongKey("org.skein.c2s", "port"));
    }

    @Test
    void whereItCannotBeKnownNoneIs() {
        assertEquals(Optional.empty(), table.wrongKey("com.example.other", "any"));
        assertEquals(Optional.empty(), table.wrongKey("com.example", "x.any"));
        assertEquals(Optional.empty(), table.wrongKey("org.skein.c2s", "service.ranking"));
        assertEquals(Optional.empty(), table.wrongKey("org.skein.c2s", "Tls.target"));
        assertEquals(Optional.empty(), table.wrongKey("org.skein.c2s", "Tls.cardinality.minimum"));
    }
}
