package org.skein.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("c2s-port", "c2s-tls-port", "virt-hosts", "registration");

    @Test
    void aSwapOfNeighboursCostsOne() {
        assertEquals(1, NearestName.distance("c2s-prot", "c2s-port"));
    }

    @Test
    void theNameWithTheFewestErrorsIsMeant() {
        assertEquals(Optional.of("virt-hosts"), NearestName.of("virthost", KNOWN));
        assertEquals(Optional.of("c2s-tls-port"), NearestName.of("c2s-tsl-port", KNOWN));
    }

    @Test
    void nothingIsMeantByAWordThatIsAllDifferent() {
        assertEquals(Optional.empty(), NearestName.of("zzzzzzzzzzzz", KNOWN));
    }
}
