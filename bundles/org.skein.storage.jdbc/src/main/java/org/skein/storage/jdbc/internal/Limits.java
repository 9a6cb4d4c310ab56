package org.skein.storage.jdbc.internal;

/**
 * Bounds of what one user may keep; 0 = none.
 *
 * @param spoolRows messages waiting, offline and parked
 * @param blocked addresses on a block list
 * @param xmlElements of one collection
 * @param xmlBytes of one element
 * @param removedKept removed contacts remembered for clients that ask for changes
 */
record Limits(int spoolRows, int blocked, int xmlElements, int xmlBytes, int removedKept) {
    static final Limits DEFAULT = new Limits(1000, 1000, 200, 256 * 1024, 200);
}
