package org.skein.api.command;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What an {@link Action} is, to people and to the host of commands. On the class of the service. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Command {
    /** On which nodes a command runs. */
    enum Scope {
        /** The node that was asked: what it does is in the database, or concerns this node. */
        LOCAL,
        /**
         * Each node that may hold a session of the user the command is about ({@link Action#user}); the asked one if
         * nobody has any. Where there is none it should fail with {@link CommandException.Kind#NOT_FOUND}, which counts
         * only if no other node did it.
         */
        NODE_OF_USER,
        /** All nodes. */
        ALL
    }

    /** Who may run it. */
    enum Access {
        /** Accounts listed in {@code --admins}. */
        ADMIN,
        /** Accounts of a hosted domain. */
        USER
    }

    /** What becomes of the results of several nodes. */
    enum Merge {
        /** A table with a row a node, or the nodes' rows with the node in front. */
        ROWS,
        /** Values that are numbers are added up. */
        SUM,
        /** Rows are those of all nodes, each once, in order. */
        UNION
    }

    /** Group and word, such as {@code session:kick}: lower-case letters, digits, hyphens, one colon. */
    String name();

    /** The node of XEP-0050; empty: {@code urn:skein:command:} and the name. */
    String node() default "";

    /** One line for people. */
    String title();

    /** What it does, for {@code --help} and forms; empty = the title says it. */
    String description() default "";

    Scope scope() default Scope.LOCAL;

    Access access() default Access.ADMIN;

    Merge merge() default Merge.ROWS;

    /** How long nodes may take, in seconds. */
    int deadlineSeconds() default 10;

    /** Whether a node that was lost in the middle may be asked again when it is back; else its outcome stays unknown. */
    boolean idempotent() default false;
}
