package org.skein.adhoc.internal.bundles;

/** A bundle cannot be had, in words for an operator. */
final class BundleProblem extends Exception {
    private static final long serialVersionUID = 1L;

    BundleProblem(String text) {
        super(text);
    }

    BundleProblem(String text, Throwable cause) {
        super(text, cause);
    }
}
