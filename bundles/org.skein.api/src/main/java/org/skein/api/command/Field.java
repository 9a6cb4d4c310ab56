package org.skein.api.command;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of a command: on a component of the record an {@link Action} takes. Types: {@code String}, {@code boolean},
 * {@code int}, {@code long}, an enum, {@code org.skein.xmpp.Jid}, a {@code List} of {@code String} or {@code Jid}, and
 * {@code Optional} of any but lists. A constant is written in lower case with hyphens. What is not filled in is false, 0,
 * an empty text, list or {@code Optional}, and null for constants and addresses.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
public @interface Field {
    /** For people. */
    String label();

    /** Name in forms; empty: that of the component. */
    String var() default "";

    boolean required() default true;

    /** As text; empty = none. */
    String defaultValue() default "";

    /** Values to choose from, {@code value} or {@code value=label}; none = free. */
    String[] options() default {};

    /** Not shown, nor kept in a history or log. */
    boolean secret() default false;

    /** A text of several lines. */
    boolean multiline() default false;

    /** Of numbers. */
    long min() default Long.MIN_VALUE;

    long max() default Long.MAX_VALUE;

    /** Characters of a text, entries of a list. */
    int maxLength() default 4096;

    /** The page of the form it is on, from 1. */
    int step() default 1;
}
