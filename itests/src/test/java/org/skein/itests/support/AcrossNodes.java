package org.skein.itests.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a test class, and then for the classes in it: what {@link SharedNode} gives them is the {@link SharedCluster} as if
 * it were one node, so that each connection lands on the next node.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface AcrossNodes {}
