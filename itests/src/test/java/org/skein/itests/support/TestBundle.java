package org.skein.itests.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Makes a bundle of classes of the tests, as a third party's build would. One thread. */
public final class TestBundle {
    private final Manifest manifest = new Manifest();
    private final Map<String, byte[]> descriptions = new LinkedHashMap<>();
    private final Set<Class<?>> content = new LinkedHashSet<>();

    private TestBundle() {}

    public static TestBundle named(String name, String version) {
        TestBundle made = new TestBundle();
        made.header("Manifest-Version", "1.0").header("Bundle-ManifestVersion", "2");
        return made.header("Bundle-SymbolicName", name).header("Bundle-Version", version);
    }

    public TestBundle header(String name, String value) {
        manifest.getMainAttributes().put(new Attributes.Name(name), value);
        return this;
    }

    /** The classes become components that offer themselves under this type. */
    public TestBundle services(Class<?> type, Class<?>... components) {
        for (Class<?> one : components) service(type, one, "");
        return this;
    }

    /** @param properties of the component, each {@code <property …/>} */
    public TestBundle service(Class<?> type, Class<?> component, String properties) {
        String name = component.getName();
        String description = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.4.0' name='" + name + "'>"
                + properties + "<service><provide interface='" + type.getName() + "'/></service>"
                + "<implementation class='" + name + "'/></scr:component>";
        descriptions.put("OSGI-INF/" + name + ".xml", description.getBytes(StandardCharsets.UTF_8));
        return classes(component).header("Service-Component", String.join(",", descriptions.keySet()));
    }

    /** These come along, with those nested in the same class. */
    public TestBundle classes(Class<?>... more) {
        for (Class<?> one : more) {
            content.add(one.getNestHost());
            members(one.getNestHost()).forEach(content::add);
        }
        return this;
    }

    public Path write(Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream to = new JarOutputStream(file, manifest)) {
            for (Map.Entry<String, byte[]> one : descriptions.entrySet()) put(to, one.getKey(), one.getValue());
            for (Class<?> one : content) {
                String path = one.getName().replace('.', '/') + ".class";
                try (InputStream code = one.getClassLoader().getResourceAsStream(path)) {
                    put(to, path, code.readAllBytes());
                }
            }
        }
        return jar;
    }

    private static Stream<Class<?>> members(Class<?> of) {
        return Stream.of(of.getDeclaredClasses()).flatMap(c -> Stream.concat(Stream.of(c), members(c)));
    }

    private static void put(JarOutputStream to, String name, byte[] content) throws IOException {
        to.putNextEntry(new JarEntry(name));
        to.write(content);
        to.closeEntry();
    }
}
