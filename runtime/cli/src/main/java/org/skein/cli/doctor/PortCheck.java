package org.skein.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.skein.config.settings.Setting;
import org.skein.config.settings.SettingType;

/** Whether the node can have its ports, or has them. */
final class PortCheck {
    private PortCheck() {}

    static void run(Instance instance, Findings findings) {
        for (Setting setting : instance.table().all()) {
            boolean ofCluster = setting.name().startsWith("cluster-");
            if (setting.type().kind() == SettingType.Kind.PORT && (!ofCluster || instance.isClustered())) {
                instance.port(setting.name()).ifPresent(port -> check(instance, setting.name(), port, findings));
            }
        }
    }

    private static void check(Instance instance, String setting, int port, Findings findings) {
        if (port < 0) {
            findings.ok("port", "--" + setting + " is off");
        } else if (port == 0) {
            findings.ok("port", "--" + setting + " takes any free port");
        } else {
            check(instance, setting, port, "port " + port, findings);
        }
    }

    private static void check(Instance instance, String setting, int port, String what, Findings findings) {
        String advice = "Stop it, or set another --" + setting;
        Optional<PortHolder> holder = PortHolder.of(port);
        boolean own = holder.isPresent()
                && instance.isRunning()
                && holder.get().pid() == instance.pid().getAsLong();
        if (own) {
            findings.ok(what, "open at this node (--" + setting + ")");
        } else if (holder.isPresent()) {
            findings.fail(what, "taken by " + holder.get() + " (--" + setting + ")", advice);
        } else if (instance.isRunning() && instance.ports().containsValue(port)) {
            findings.ok(what, "open at this node (--" + setting + ")");
        } else if (!isFree(instance.list("bind-address"), port)) {
            findings.fail(what, "taken by a process of another user (--" + setting + ")", advice);
        } else if (instance.isRunning()) {
            findings.fail(
                    what,
                    "not open, though the node runs (--" + setting + ")",
                    "log/skein.log says why; restart the node");
        } else {
            findings.ok(what, "free (--" + setting + ")");
        }
    }

    private static boolean isFree(List<String> addresses, int port) {
        try {
            if (addresses.isEmpty()) {
                bind(new InetSocketAddress(port));
            }
            for (String address : addresses) {
                bind(new InetSocketAddress(InetAddress.getByName(address), port));
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void bind(InetSocketAddress address) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address, 1);
        }
    }
}
