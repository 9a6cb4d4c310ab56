package org.skein.cluster.transport.netty.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of PID {@code org.skein.cluster.transport.netty}; they hold for endpoints opened afterwards. */
@ObjectClassDefinition(name = "Skein cluster transport")
public @interface TransportConfig {
    @AttributeDefinition(description = "Bytes that may wait in one lane before senders pause")
    int queue_bytes() default 8 * 1024 * 1024;

    @AttributeDefinition(description = "Bytes in one lane at which messages are refused; 0 = no limit")
    int queue_limit_bytes() default 64 * 1024 * 1024;

    @AttributeDefinition(description = "How often peers are asked for a sign of life, in milliseconds")
    int ping_ms() default 250;

    @AttributeDefinition(description = "Whether what is sent is compressed")
    boolean compression() default false;
}
