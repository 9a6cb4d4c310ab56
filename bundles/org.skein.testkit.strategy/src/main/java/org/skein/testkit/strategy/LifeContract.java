package org.skein.testkit.strategy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.skein.testkit.strategy.internal.Host;
import org.skein.testkit.strategy.internal.Session;
import org.skein.testkit.strategy.internal.Trial;

/** Nodes that come and go, strategies that start and stop (CLUSTER 18): part of {@link StrategyContract}. */
public interface LifeContract extends StrategyUnderTest {
    @Test
    default void aNodeThatComesLaterIsFoundAndFinds() {
        Trial trial = new Trial(this);
        trial.cluster(2);
        trial.login(trial.host(0), 1);
        Host c = trial.server("c");
        trial.deliver();
        trial.look();
        trial.login(c, 2);
        trial.login(c, 1);
        trial.end();
    }

    @Test
    default void aNodeThatDiedIsWaitedForByNobodyAndItsSuccessorIsFound() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        trial.login(trial.host(2), 1);
        trial.world.crash(trial.host(2));
        trial.deliver();
        trial.login(trial.host(0), 1);
        Host next = trial.server("c");
        trial.deliver();
        trial.look();
        trial.login(next, 2);
        trial.end();
    }

    @Test
    default void itMayBeStoppedAndStartedAgainWhileSessionsComeAndGo() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Host b = trial.host(1);
        Session there = trial.login(b, 1);
        Session elsewhere = trial.login(trial.host(2), 2);
        b.gone();
        trial.deliver();
        trial.logout(there);
        trial.move(elsewhere, trial.host(0));
        trial.login(b, 3);
        trial.login(trial.host(2), 4);
        b.use();
        trial.deliver();
        trial.look();
        trial.login(b, 1);
        trial.end();
    }

    @Test
    default void itMayBeStoppedAndStartedAgainAtOnceWithNewsUnderWay() {
        for (int seed = 1; seed <= 100; seed++) {
            Trial trial = new Trial(this);
            trial.cluster(2);
            Host b = trial.host(1);
            trial.login(trial.host(0), 1);
            for (int i = 2; i < 6; i++) {
                b.gone();
                b.use();
                trial.deliverSome(seed * 31 + i);
                trial.begin(trial.host(i), i);
                trial.deliverSome(seed * 37 + i);
                trial.look();
            }
            trial.end();
        }
    }

    @Test
    default void itMayBeUpdatedAtOneNodeWhileTheOthersGoOn() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        for (int i = 0; i < 6; i++) trial.login(trial.host(i), i);
        for (Host host : trial.hosts()) {
            host.update();
            trial.look();
            trial.deliver();
            trial.look();
            trial.login(host, 7);
        }
        trial.end();
    }

    @Test
    default void itMayBeStoppedInTheMiddleOfItsStart() {
        for (int seed = 1; seed <= 50; seed++) {
            Trial trial = new Trial(this);
            trial.cluster(3);
            trial.login(trial.host(1), 1);
            Host b = trial.host(1);
            b.gone();
            b.use();
            trial.deliverSome(seed);
            b.gone();
            trial.deliverSome(seed + 1);
            b.use();
            trial.deliver();
            trial.look();
            trial.end();
        }
    }

    @Test
    default void itStartsInTheMiddleOfLoginsAndLogouts() {
        for (int seed = 1; seed <= 50; seed++) {
            Trial trial = new Trial(this);
            for (int i = 0; i < 3; i++) trial.serverWithout("" + "abc".charAt(i));
            trial.deliver();
            for (int i = 0; i < 12; i++) {
                Session session = trial.begin(trial.host(i), i);
                if (i % 4 == 0) trial.host(i / 4).use();
                trial.deliverSome(seed * 31 + i);
                if (i % 3 == 0) trial.logout(session);
                trial.look();
            }
            trial.end();
        }
    }

    @Test
    default void twoVersionsOfItInOneClusterHideNobody() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        trial.login(trial.host(0), 1);
        trial.login(trial.host(1), 2);
        trial.host(1).useNextVersion();
        trial.deliver();
        trial.look();
        trial.login(trial.host(1), 3);
        trial.login(trial.host(0), 2);
        trial.host(1).use();
        trial.end();
    }

    @Test
    default void aNodeThatWasExcludedComesBackAsAnotherOne() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        trial.login(trial.host(0), 1);
        Host c = trial.host(2);
        trial.login(c, 2);
        trial.world.exclude(c);
        trial.deliver();
        trial.look();
        assertTrue(c.isOutside());
        trial.login(trial.host(1), 2);
        trial.world.rejoin(c);
        c.use();
        trial.deliver();
        trial.look();
        trial.login(c, 3);
        trial.end();
    }

    @Test
    default void anExcludedNodeWaitsForTheOthersNoMore() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Host c = trial.host(2);
        trial.login(c, 1);
        trial.silence();
        trial.begin(c, 2);
        trial.soon();
        trial.world.exclude(c);
        trial.settle();
        trial.settle(); // longer than a bind may take
        trial.world.rejoin(c);
        trial.speak();
        trial.end();
    }
}
