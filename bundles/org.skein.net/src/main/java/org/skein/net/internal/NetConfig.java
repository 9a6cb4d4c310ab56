package org.skein.net.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of PID {@code org.skein.net}, shared by the components of this bundle. */
@ObjectClassDefinition(name = "Skein network")
public @interface NetConfig {
    @AttributeDefinition(description = "Number of event loops; 0 = one for every two processors")
    int event_loops() default 0;

    @AttributeDefinition(description = "auto, openssl (BoringSSL) or jdk")
    String tls_engine() default "auto";

    @AttributeDefinition(description = "PEM files with certificates: FILE for all hosts, HOST:FILE for one")
    String[] tls_cert() default {};

    @AttributeDefinition(description = "PEM files with their keys: FILE, HOST:FILE; default FILE.key beside FILE.crt")
    String[] tls_key() default {};

    @AttributeDefinition(description = "Addresses to listen on; empty = all")
    String[] bind_address() default {};

    @AttributeDefinition(description = "Accepted connections in all; 0 = no limit")
    int max_connections() default 100_000;

    @AttributeDefinition(description = "Accepted connections from one address; 0 = no limit")
    int max_connections_per_address() default 0;

    @AttributeDefinition(
            description =
                    "Balancers: connections of clients from these addresses or ranges must begin with a PROXY header")
    String[] proxy_protocol_from() default {};
}
