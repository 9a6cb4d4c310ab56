package org.skein.itests.support;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One node for all test classes that only log in with accounts of their own: the first to ask starts it, it ends with
 * the tests. Clients may register, so that {@link StanzaClient#register} makes an account in milliseconds.
 */
public final class SharedNode implements ParameterResolver {
    /** Who may administer; its account is there, with {@link StanzaClient#PASSWORD}. */
    public static final String ADMIN = "admin";

    /** Listed as an administrator too, but an account nobody has made. */
    public static final String ABSENT_ADMIN = "absent-admin";

    private record Running(ServerProcess server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ServerProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (isAcrossNodes(context.getRequiredTestClass())) {
            return SharedCluster.nodes().balanced();
        }
        return Shared.get(Running.class, () -> new Running(start())).server();
    }

    private static boolean isAcrossNodes(Class<?> test) {
        return test != null && (test.isAnnotationPresent(AcrossNodes.class) || isAcrossNodes(test.getEnclosingClass()));
    }

    private static ServerProcess start() {
        return ServerProcess.create(
                        "registration=true",
                        "registration-rate=0",
                        "login-rate=0",
                        "c2s-whitespace-ping=1",
                        "admins=" + ADMIN + "@localhost," + ABSENT_ADMIN + "@localhost",
                        "contact-addresses=abuse=mailto:abuse@example.org,admin=xmpp:admin@example.org")
                .start()
                .addUser(ADMIN + "@localhost", StanzaClient.PASSWORD);
    }
}
