package org.skein.testkit.strategy.internal;

import java.util.List;
import java.util.function.IntFunction;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/**
 * What schedules have in common.
 *
 * @param accounts bare
 * @param nodes at most; they are named a, b, c …
 */
public record Plan(
        IntFunction<? extends ClusteringStrategy> strategy, int version, List<Jid> accounts, int nodes, int steps) {}
