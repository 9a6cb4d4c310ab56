package org.skein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFieldTest {
    private static final String INSTALL = "bundle:install-everywhere";

    @TempDir
    private Path here;

    @BeforeEach
    void files() throws IOException {
        for (String name : List.of("a.jar", "b.jar", "1234")) Files.createFile(here.resolve(name));
    }

    private List<String> whole(String command, String... fields) {
        return FileField.whole(command, List.of(fields), here);
    }

    @Test
    void aFileThatIsHereIsNamedByItsWholePath() {
        String a = here.resolve("a.jar").toString();
        assertEquals(List.of(a), whole(INSTALL, "a.jar"));
        assertEquals(List.of(a), whole("bundle:update-everywhere", "file:a.jar"));
        assertEquals(List.of("file=" + a), whole(INSTALL, "file=a.jar"));
        assertEquals(List.of("--file=" + a), whole(INSTALL, "--file=a.jar"));
        assertEquals(List.of("--file", a), whole(INSTALL, "--file", "a.jar"));
        assertEquals(List.of("--sha256", "1234", a), whole(INSTALL, "--sha256", "1234", "a.jar"));
        assertEquals(List.of("sha256=1234", a), whole(INSTALL, "sha256=1234", "a.jar"));
    }

    @Test
    void whatIsNoFileOrElsewhereIsAsItWasTyped() {
        for (String field : List.of("none.jar", "file:none.jar", "/somewhere/a.jar", "file:/a.jar", "\0")) {
            assertEquals(List.of(field), whole(INSTALL, field));
        }
    }

    @Test
    void otherFieldsAndOtherCommandsHaveNoFiles() {
        String a = here.resolve("a.jar").toString();
        assertEquals(List.of(a, "1234"), whole(INSTALL, "a.jar", "1234"));
        assertEquals(List.of("1234", "file=" + a), whole(INSTALL, "1234", "file=a.jar"));
        assertEquals(List.of("a.jar"), whole("bundle:uninstall-everywhere", "a.jar"));
        assertEquals(List.of("a.jar"), whole("bundle:start", "a.jar"));
        assertEquals(List.of(), FileField.whole(null, List.of(), here));
    }
}
