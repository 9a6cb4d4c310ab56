package org.skein.launcher;

import java.lang.reflect.Proxy;

/**
 * Calls back on SIGTERM and SIGINT. A handler of our own instead of a JVM shutdown hook: hooks run all at once, and those of libraries
 * (logging, databases) would pull away what the bundles still use while they stop. {@code sun.misc.Signal} is exported by every JDK but
 * not part of the platform API, hence the reflection; without it the shutdown hook of the caller does.
 */
final class Signals {
    private Signals() {}

    static void onStop(Runnable stop) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (p, m, args) -> {
                if (m.getName().equals("handle")) {
                    stop.run();
                    return null;
                }
                return switch (m.getName()) {
                    case "hashCode" -> System.identityHashCode(p);
                    case "equals" -> p == args[0];
                    default -> "stop on signal";
                };
            });
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // An exotic JVM: its default action on SIGTERM runs the shutdown hooks, ours among them.
            System.Logger log = System.getLogger(Signals.class.getName());
            log.log(System.Logger.Level.DEBUG, "what=signals_unavailable", e);
        }
    }
}
