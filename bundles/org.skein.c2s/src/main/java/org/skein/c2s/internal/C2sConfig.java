package org.skein.c2s.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of PID {@code org.skein.c2s}. */
@ObjectClassDefinition(name = "Skein client edge (TCP)")
@interface C2sConfig {
    @AttributeDefinition(description = "TCP port for client streams; 0 = any free port, -1 = off")
    int port() default 5222;

    @AttributeDefinition(description = "TCP port for client streams inside TLS (XEP-0368); 0 = any free port, -1 = off")
    int tls_port() default 5223;

    @AttributeDefinition(description = "Whether clients must use TLS before they log in")
    boolean tls_required() default true;

    @AttributeDefinition(description = "Seconds a client may take to log in; 0 = no limit")
    int login_timeout() default 30;

    @AttributeDefinition(description = "Logins that may begin in a second, on the whole node; 0 = no limit")
    int login_admission_rate() default 500;

    @AttributeDefinition(description = "Largest element before login, in bytes; 0 = no limit")
    int max_stanza_size_before_login() default 8192;

    @AttributeDefinition(description = "Largest stanza, in bytes; 0 = no limit")
    int max_stanza_size() default 262_144;

    @AttributeDefinition(
            description = "Bytes that may wait for a client that does not read before it is cut; 0 = no limit")
    int max_pending() default 8 * 1024 * 1024;

    @AttributeDefinition(description = "Seconds of silence after which a blank is sent to the client; 0 = never")
    int whitespace_ping() default 0;

    @AttributeDefinition(description = "Seconds of silence after which the kernel probes the connection; 0 = never")
    int tcp_keepalive() default 120;

    @AttributeDefinition(
            description = "Seconds sent data may stay unacknowledged before the connection is cut; 0 = the system's")
    int tcp_user_timeout() default 60;

    @AttributeDefinition(
            description =
                    "Whether the node, once started and while nobody is there, logs in to itself, and chats with another"
                            + " node, for a moment, so that the first clients are served as fast as later ones")
    boolean warm_up() default true;
}
