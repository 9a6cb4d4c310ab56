package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTest {

    @Test
    void aListNamesAJarPerLineAndItsFirstCommentDescribesIt() {
        Feature feature = Feature.parse("core", "# The server itself.\n# more\n\na-1.jar\n  b-2.jar\n");

        assertEquals(new Feature("core", "The server itself.", List.of("a-1.jar", "b-2.jar")), feature);
    }

    @Test
    void loggingAndConfigurationStartBeforeTheServer() {
        assertEquals(StartLevels.LOGGING, StartLevels.of("pax-logging-api-2.3.2.jar"));
        assertEquals(StartLevels.CONFIGURATION, StartLevels.of("org.skein.config-0.1.0.jar"));
        assertEquals(StartLevels.SERVER, StartLevels.of("org.skein.configuration-0.1.0.jar"));
    }
}
