package org.skein.config.settings;

import java.util.Collection;
import java.util.Optional;

/** Finds the known name an operator most likely meant. */
public final class NearestName {

    private NearestName() {}

    /** The known name with the fewest typing errors between, unless it would have to be half rewritten. */
    public static Optional<String> of(String given, Collection<String> known) {
        String best = null;
        int bestCost = Integer.MAX_VALUE;
        for (String name : known) {
            int cost = distance(given, name);
            if (cost < bestCost) {
                bestCost = cost;
                best = name;
            }
        }
        return bestCost <= Math.max(3, given.length() / 2) ? Optional.ofNullable(best) : Optional.empty();
    }

    /** Optimal string alignment distance: insertions, deletions, changes, and swaps of neighbours cost one each. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
