package org.skein.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The one field that names a file. The node's folder is not ours: a file that is here is named by its whole path. */
final class FileField {
    private static final Set<String> COMMANDS = Set.of("bundle:install-everywhere", "bundle:update-everywhere");
    private static final String NAMED = "file=";
    private static final String OPTION = "--file";

    private FileField() {}

    /**
     * @param command null if none is given
     * @param here what relative paths are relative to
     */
    static List<String> whole(String command, List<String> fields, Path here) {
        if (command == null || !COMMANDS.contains(command)) return fields;
        List<String> words = new ArrayList<>();
        boolean isGiven =
                fields.stream().anyMatch(f -> f.startsWith(NAMED) || f.startsWith(OPTION + "=") || f.equals(OPTION));
        String before = "";
        for (String field : fields) {
            boolean isValue = before.startsWith("--") && before.indexOf('=') < 0;
            if (isValue) {
                words.add(before.equals(OPTION) ? whole("", field, here) : field);
            } else if (field.startsWith(NAMED)) {
                words.add(whole(NAMED, field, here));
            } else if (field.startsWith(OPTION + "=")) {
                words.add(whole(OPTION + "=", field, here));
            } else if (!isGiven && !field.startsWith("--") && field.indexOf('=') < 0) {
                words.add(whole("", field, here)); // the first value alone is that of the first field
                isGiven = true;
            } else {
                words.add(field);
            }
            before = isValue ? "" : field;
        }
        return words;
    }

    private static String whole(String name, String field, Path here) {
        String given = field.substring(name.length());
        String path = given.startsWith("file:") ? given.substring("file:".length()) : given;
        try {
            if (Path.of(path).isAbsolute()) return field;
            Path file = here.resolve(path);
            return Files.isRegularFile(file) ? name + file.toAbsolutePath() : field;
        } catch (InvalidPathException e) {
            return field; // no path, so none of ours
        }
    }
}
