package org.skein.http.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of PID {@code org.skein.http}. */
@ObjectClassDefinition(name = "Skein HTTP listener")
@interface HttpConfig {
    @AttributeDefinition(description = "TCP port for HTTP; 0 = any free port, -1 = off")
    int port() default 5280;

    @AttributeDefinition(description = "Whether /health tells balancers if clients can log in")
    boolean health() default true;

    @AttributeDefinition(description = "Seconds an HTTP client may take for one request, and between two")
    int timeout() default 30;
}
