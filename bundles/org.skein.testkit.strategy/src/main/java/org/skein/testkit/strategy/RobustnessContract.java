package org.skein.testkit.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skein.testkit.strategy.internal.Garbage;
import org.skein.testkit.strategy.internal.Host;
import org.skein.testkit.strategy.internal.Hurry;
import org.skein.testkit.strategy.internal.Session;
import org.skein.testkit.strategy.internal.Trial;

/** Nonsense, silence, crowds: part of {@link StrategyContract}. */
public interface RobustnessContract extends StrategyUnderTest {
    /** More than fit into one message of 1 MiB, whatever a strategy says of each. */
    int CROWD = 60_000;

    @Test
    @Timeout(value = 60, threadMode = SEPARATE_THREAD)
    default void nonsenseFromAPeerHidesNobody() {
        for (int seed = 1; seed <= 20; seed++) {
            Trial trial = new Trial(this);
            trial.excuse("received threw", "called threw");
            trial.world.keepSaid = true;
            trial.cluster(3);
            for (int i = 0; i < 6; i++) trial.login(trial.host(i), i);
            trial.world.keepSaid = false;
            Garbage garbage = new Garbage(trial.world.said, new Random(seed));
            for (int i = 0; i < 60; i++) {
                Host from = trial.host(i % 2 + 1);
                garbage.send(from, trial.host(i % 4 == 3 ? 2 : 0));
                trial.deliver();
                trial.look();
                if (i % 10 == 9) trial.begin(trial.host(i), 10 + i);
                trial.deliver();
                trial.look();
            }
            trial.hosts().forEach(Host::update); // who said nonsense is believed again when it begins anew
            trial.end();
        }
    }

    @Test
    @Timeout(value = 60, threadMode = SEPARATE_THREAD)
    default void nonsenseIsNotKept() {
        Trial trial = new Trial(this);
        trial.excuse("received threw", "called threw");
        trial.cluster(2);
        Garbage garbage = new Garbage(List.of(), new Random(1));
        long before = Garbage.heldBytes();
        for (int i = 0; i < 500; i++) {
            garbage.sendBig(trial.host(1), trial.host(0));
            trial.deliver();
        }
        long kept = Garbage.heldBytes() - before;
        assertTrue(kept < 8 << 20, "of 32 MB of nonsense " + kept / 1024 + " KiB are kept");
        trial.hosts().forEach(Host::update);
        trial.end();
    }

    @Test
    @Timeout(value = 20, threadMode = SEPARATE_THREAD)
    default void noCallWaitsForAnotherNode() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Session anna = trial.login(trial.host(0), 1);
        trial.silence();
        // Nothing is delivered any more: whatever waits here waits for ever.
        trial.begin(trial.host(0), 2);
        trial.world.presence(anna, true);
        trial.look(trial.host(0), account(1));
        trial.logout(anna);
        trial.host(0).figures();
        trial.host(0).gone();
        trial.speak();
        trial.host(0).use();
        trial.end();
    }

    @Test
    default void whoIsSlowToTakeWhatIsSaidIsToldInTheEnd() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        trial.full(trial.host(0), trial.host(1), true);
        List<Session> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) crowd.add(trial.begin(trial.host(0), i));
        trial.deliver();
        trial.full(trial.host(0), trial.host(1), false);
        trial.soon();
        assertTrue(crowd.stream().allMatch(Session::isBound), "not all binds are complete");
        trial.look();
        trial.end();
    }

    @Test
    default void aCrowdIsMadeKnownThoughAMessageHasItsBound() {
        Trial trial = new Trial(this);
        Host a = trial.server("a");
        trial.deliver();
        for (int i = 0; i < CROWD; i++) trial.crowd(a, i);
        Host b = trial.server("b");
        trial.settle();
        for (int i = 0; i < CROWD; i += CROWD / 100) trial.look(b, account(i));
        trial.end();
    }

    @Test
    @Timeout(value = 60, threadMode = SEPARATE_THREAD)
    default void manyThreadsMayCallItAtATime() throws InterruptedException {
        assertEquals(List.of(), new Hurry(this).run());
    }

    @Test
    default void figuresAreThere() {
        Trial trial = new Trial(this);
        trial.cluster(2);
        trial.login(trial.host(0), 1);
        trial.host(0).figures().forEach((name, value) -> {
            assertNotNull(name);
            assertNotNull(value, name);
        });
        assertNotNull(create().figures(), "before it is started");
        trial.end();
    }
}
