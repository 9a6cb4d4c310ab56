package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.xmpp.Element;

/** The commands that come with the server, as their classes say they are. */
class AdministrationTest {
    private static final String ADMIN = "http://jabber.org/protocol/admin#";

    /** XEP-0133 §4: the node, and the fields a client that knows it fills in, with their types. */
    private static final Map<String, String> STANDARD = new TreeMap<>(Map.ofEntries(
            Map.entry("add-user", "accountjid jid-single, password text-private, password-verify text-private"),
            Map.entry("delete-user", "accountjids jid-multi"),
            Map.entry("disable-user", "accountjids jid-multi"),
            Map.entry("reenable-user", "accountjids jid-multi"),
            Map.entry("end-user-session", "accountjids jid-multi"),
            Map.entry("change-user-password", "accountjid jid-single, password text-private"),
            Map.entry("get-user-roster", "accountjids jid-multi"),
            Map.entry("get-user-lastlogin", "accountjids jid-multi"),
            Map.entry("user-stats", "accountjid jid-single"),
            Map.entry("edit-blacklist", "blacklistjids jid-multi"),
            Map.entry("edit-whitelist", "whitelistjids jid-multi"),
            Map.entry("get-registered-users-num", ""),
            Map.entry("get-disabled-users-num", ""),
            Map.entry("get-online-users-num", ""),
            Map.entry("get-active-users-num", ""),
            Map.entry("get-idle-users-num", ""),
            Map.entry("get-registered-users-list", "max_items text-single"),
            Map.entry("get-disabled-users-list", "max_items text-single"),
            Map.entry("get-online-users-list", "max_items text-single"),
            Map.entry("get-active-users", "max_items text-single"),
            Map.entry("get-idle-users", "max_items text-single"),
            Map.entry("announce", "announcement text-multi"),
            Map.entry("set-motd", "motd text-multi"),
            Map.entry("edit-motd", "motd text-multi"),
            Map.entry("delete-motd", ""),
            Map.entry("set-welcome", "welcome text-multi"),
            Map.entry("edit-welcome", "welcome text-multi"),
            Map.entry("delete-welcome", ""),
            Map.entry("edit-admin", "adminjids jid-multi"),
            Map.entry("restart", "delay text-single, announcement text-multi"),
            Map.entry("shutdown", "delay text-single, announcement text-multi")));

    private static List<Definition> all() throws Exception {
        Path classes = Path.of(Registry.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("org/skein/adhoc/internal/commands");
        List<Definition> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".class")) continue;
                Class<?> type = Class.forName(
                        "org.skein.adhoc.internal.commands." + name.substring(0, name.length() - ".class".length()));
                if (type.isAnnotationPresent(Command.class) && !Modifier.isAbstract(type.getModifiers())) {
                    Constructor<?> constructor = type.getConstructors()[0];
                    all.add(Definition.of(
                            (Action<?>) constructor.newInstance(new Object[constructor.getParameterCount()])));
                }
            }
        }
        return all;
    }

    @Test // XEP-0133 §4, §5
    void fieldsAreNamedAndTypedAsTheSpecificationSays() throws Exception {
        Map<String, String> ours = new TreeMap<>();
        for (Definition command : all()) {
            if (!command.node().startsWith(ADMIN)) continue;
            String node = command.node().substring(ADMIN.length());
            List<String> standard = Arrays.stream(
                            STANDARD.getOrDefault(node, "").split(", "))
                    .map(f -> f.split(" ")[0])
                    .toList();
            ours.put(
                    node,
                    command.fields().stream()
                            .filter(f -> standard.contains(f.var()))
                            .map(f -> f.var() + " " + f.formType())
                            .collect(Collectors.joining(", ")));
            for (FieldSpec field : command.fields()) {
                // who knows the specification only must not have to fill in more
                if (!standard.contains(field.var())) assertEquals(false, field.isRequired(), node + " " + field.var());
            }
            if (command.pages() > 0) {
                Element hidden = Forms.page(command, 1, Map.of()).children().stream()
                        .filter(f -> f.attribute("var", "").equals("FORM_TYPE"))
                        .findFirst()
                        .orElseThrow();
                assertEquals("hidden", hidden.attribute("type", ""));
                assertEquals(
                        "http://jabber.org/protocol/admin",
                        hidden.firstChild().orElseThrow().text());
            }
        }
        assertEquals(STANDARD, ours);
    }

    @Test
    void eachIsDocumented() throws Exception {
        String documented = Files.readString(Path.of("COMMANDS.md"));
        List<String> missing = all().stream()
                .map(Definition::name)
                .filter(name -> !documented.contains("`" + name + "`"))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void noTwoClashAndEachSaysWhatItDoes() throws Exception {
        List<Definition> all = all();
        assertEquals(all.size(), all.stream().map(Definition::name).distinct().count());
        assertEquals(all.size(), all.stream().map(Definition::node).distinct().count());
        assertEquals(
                List.of(), all.stream().filter(c -> c.about().title().isBlank()).toList());
    }
}
