package org.skein.console.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.console.link.SocketPlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local socket operators attach to. Only its owner may open it: it is bound in a folder of mode 700 and moved in
 * place once its own mode is 600.
 */
@Component(service = ConsoleSocket.class, immediate = true)
public final class ConsoleSocket {
    private static final Logger log = LoggerFactory.getLogger(ConsoleSocket.class);

    private static final String SOCKET = "console.sock";
    private static final String PREFIX = "skein-console-";

    private final InstanceFolder folder;
    private final GogoShell shell;
    private final Requests requests;
    private final ServerSocketChannel server;
    private final Path path;
    private final Path shortFolder;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();

    @Activate
    public ConsoleSocket(BundleContext context, @Reference GogoShell shell, @Reference Requests requests)
            throws IOException {
        this.folder = InstanceFolder.of(context);
        this.shell = shell;
        this.requests = requests;
        Files.createDirectories(folder.base().resolve("run"));
        Path usual = SocketPlace.usual(folder.base());
        removeLeftovers(usual);
        Path privateFolder = privateFolder(usual);
        shortFolder = SocketPlace.fits(usual) ? null : privateFolder;
        path = shortFolder == null ? usual : shortFolder.resolve(SOCKET);
        Path draft = privateFolder.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(draft));
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (shortFolder == null) {
            Files.delete(privateFolder);
            Files.deleteIfExists(SocketPlace.pointer(folder.base()));
        } else {
            Files.writeString(SocketPlace.pointer(folder.base()), path + "\n");
        }
        Thread acceptor = new Thread(this::accept, "skein-console");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** Of a node that crashed. */
    private void removeLeftovers(Path usual) throws IOException {
        Files.deleteIfExists(usual);
        Path pointer = SocketPlace.pointer(folder.base());
        if (Files.exists(pointer)) {
            Path socket = Path.of(Files.readString(pointer).strip());
            if (socket.endsWith(SOCKET)
                    && socket.getParent().getFileName().toString().startsWith(PREFIX)) {
                Files.deleteIfExists(socket);
                Files.deleteIfExists(socket.getParent());
            }
            Files.delete(pointer);
        }
    }

    private static Path privateFolder(Path usual) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        return SocketPlace.fits(usual)
                ? Files.createTempDirectory(usual.getParent(), ".", ownerOnly)
                : Files.createTempDirectory(PREFIX, ownerOnly);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                Thread thread = new Thread(() -> serve(client), "skein-console-" + number.incrementAndGet());
                thread.setDaemon(true);
                thread.start();
            }
        } catch (ClosedChannelException e) {
            log.debug("what=console_closed", e);
        } catch (IOException e) {
            log.error("what=console_lost path={}", path, e);
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            new Attached(client, shell, requests).serve();
        } catch (AsynchronousCloseException e) {
            log.debug("what=console_closed", e);
        } catch (Exception e) {
            log.info("what=console_session_ended reason=\"{}\"", e.toString());
        } finally {
            open.remove(client);
        }
    }

    @Deactivate
    void deactivate() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        if (shortFolder != null) {
            Files.deleteIfExists(shortFolder);
            Files.deleteIfExists(SocketPlace.pointer(folder.base()));
        }
        for (SocketChannel client : open) {
            client.close();
        }
    }
}
