package org.skein.auth.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of PID {@code org.skein.auth}; the same settings have names for operators in settings.tsv. */
@ObjectClassDefinition(name = "Skein authentication")
public @interface AuthConfig {
    @AttributeDefinition(description = "PBKDF2 iterations of the keys of new passwords, at least 4096")
    int scramIterations() default 10_000;

    @AttributeDefinition(description = "Whether passwords may be sent in the clear: PLAIN and registration without TLS")
    boolean plainWithoutTls() default false;

    @AttributeDefinition(
            description = "Failed logins for each address, and for each account, in a minute before more are refused;"
                    + " 0 = no limit")
    int loginRate() default 60;

    @AttributeDefinition(description = "Whether clients may make accounts (XEP-0077)")
    boolean registration() default false;

    @AttributeDefinition(description = "Accounts that may be made from one address in a minute; 0 = no limit")
    int registrationRate() default 5;
}
