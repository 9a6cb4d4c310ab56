package org.skein.adhoc.groovy.internal;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.skein.api.command.DescribedAction;

/** A framework with as much in it as scripts need. */
final class Fakes {
    /** Services to be had, by type. */
    final Map<String, Object> services = new HashMap<>();

    /** Services taken and not given back. */
    int taken;

    final Set<DescribedAction> registered = new LinkedHashSet<>();

    BundleContext context() {
        return fake(BundleContext.class, (method, arguments) -> switch (method) {
            case "getServiceReference" ->
                services.containsKey(arguments[0]) ? new Reference(services.get(arguments[0])).proxy() : null;
            case "getServiceReferences" ->
                services.containsKey(arguments[0])
                        ? new ServiceReference<?>[] {new Reference(services.get(arguments[0])).proxy()}
                        : null;
            case "getService" -> {
                taken++;
                yield ((ServiceReference<?>) arguments[0]).getProperty("it");
            }
            case "ungetService" -> {
                taken--;
                yield true;
            }
            case "registerService" -> {
                registered.add((DescribedAction) arguments[1]);
                yield fake(ServiceRegistration.class, (m, a) -> registered.remove(arguments[1]));
            }
            default -> throw new UnsupportedOperationException(method);
        });
    }

    private record Reference(Object service) {
        private ServiceReference<?> proxy() {
            return fake(ServiceReference.class, (method, arguments) -> service);
        }
    }

    static <T> T fake(Class<T> type, BiFunction<String, Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == args[0];
                    case "toString" -> type.getSimpleName();
                    default -> answer.apply(method.getName(), args);
                }));
    }
}
