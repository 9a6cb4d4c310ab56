/** What a third party's bundle may do wrong; the tests put it in a jar of its own ({@link org.skein.itests.support.TestBundle}). */
package org.skein.itests.misbehaving;
