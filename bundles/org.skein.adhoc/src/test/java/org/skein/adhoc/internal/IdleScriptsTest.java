package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleScriptsTest {
    @Test
    void onlyWhatWouldBeAScriptCounts(@TempDir Path folder) throws Exception {
        for (String name : List.of("b.groovy", "a.groovy", "c.groovy.sample", "README")) {
            Files.createFile(folder.resolve(name));
        }
        assertEquals(List.of("a.groovy", "b.groovy"), IdleScripts.in(folder));
        assertEquals(List.of(), IdleScripts.in(folder.resolve("none")));
    }
}
