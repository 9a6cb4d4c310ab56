package org.skein.storage.jdbc.internal;

/** What every repository works with. Both may be replaced at any time: asked anew for each call. */
interface Storage {
    Database database();

    Limits limits();
}
