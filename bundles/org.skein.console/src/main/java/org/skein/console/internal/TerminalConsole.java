package org.skein.console.internal;

import java.io.IOException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console on the terminal of {@code skein run}; Ctrl-D there stops the node. Does nothing without a terminal. */
@Component(service = TerminalConsole.class, immediate = true)
public final class TerminalConsole {
    private static final Logger log = LoggerFactory.getLogger(TerminalConsole.class);

    private final BundleContext context;
    private final GogoShell shell;
    private final Readiness readiness;
    private volatile boolean stopping;
    private volatile Terminal terminal;

    @Activate
    public TerminalConsole(BundleContext context, @Reference GogoShell shell, @Reference Readiness readiness) {
        this.context = context;
        this.shell = shell;
        this.readiness = readiness;
        if (Boolean.parseBoolean(context.getProperty("skein.console"))) {
            Thread thread = new Thread(this::serve, "skein-terminal");
            // JLine looks for what drives the terminal by the thread's class loader, and this thread is ours alone.
            thread.setContextClassLoader(Terminal.class.getClassLoader());
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void serve() {
        try {
            readiness.awaitGreeting();
            if (stopping) {
                return;
            }
            terminal = TerminalBuilder.builder()
                    .name("skein")
                    .system(true)
                    .nativeSignals(true)
                    .dumb(true)
                    .build();
            // Some that are attached without a window, by a container say, tell none.
            if (terminal.getWidth() == 0) terminal.setSize(new Size(80, 24));
            terminal.writer().println("Type 'help' for the commands, Tab to complete them; Ctrl-D stops the node.");
            shell.interact(terminal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.warn("what=terminal_lost", e);
        } finally {
            close();
        }
        if (!stopping) {
            stopNode();
        }
    }

    private void stopNode() {
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            log.error("what=not_stopped", e);
        }
    }

    private void close() {
        Terminal open = terminal;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("what=terminal_not_closed", e);
            }
        }
    }

    @Deactivate
    void deactivate() {
        stopping = true;
        close();
    }
}
