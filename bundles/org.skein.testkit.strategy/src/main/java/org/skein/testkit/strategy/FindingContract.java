package org.skein.testkit.strategy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.skein.testkit.strategy.internal.Host;
import org.skein.testkit.strategy.internal.Session;
import org.skein.testkit.strategy.internal.Trial;

/** Who is found (P3): part of {@link StrategyContract}. */
public interface FindingContract extends StrategyUnderTest {
    /** Longer than the patience of a strategy may be, and less than that of the core, with a look-up that is late. */
    Duration SILENT_FOR = Duration.ofMillis(12_500);

    @Test
    default void aNodeAloneIsInStepAtOnceAndWaitsForNobody() {
        Trial trial = new Trial(this);
        Host a = trial.server("a");
        trial.soon();
        assertTrue(a.isInStep(), "it has not started, though there is nobody to get in step with");
        Session anna = trial.begin(a, 1);
        trial.soon();
        assertTrue(anna.isBound(), "a bind waits, though there is nobody to tell");
        trial.end();
    }

    @Test
    default void whoBindsElsewhereIsFoundFromThatMomentOn() {
        for (int nodes = 2; nodes <= 3; nodes++) {
            Trial trial = new Trial(this);
            trial.cluster(nodes);
            for (int i = 0; i < 9; i++) {
                trial.login(trial.host(i), i);
                trial.look();
            }
            trial.end();
        }
    }

    @Test
    default void sessionsFromBeforeItsStartAreFound() {
        Trial trial = new Trial(this);
        for (int i = 0; i < 3; i++) trial.serverWithout("" + "abc".charAt(i));
        trial.deliver();
        for (int i = 0; i < 9; i++) trial.login(trial.host(i), i);
        for (Host host : trial.hosts()) {
            host.use();
            trial.deliver();
            trial.look();
        }
        trial.end();
    }

    @Test
    default void theEndOfASessionHidesNoOtherSessionOfTheAccount() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Session phone = trial.login(trial.host(1), 1);
        Session desk = trial.login(trial.host(1), 1);
        Session laptop = trial.login(trial.host(2), 1);
        trial.look();
        trial.logout(phone);
        trial.settle();
        trial.logout(desk);
        trial.settle();
        Session back = trial.login(trial.host(1), 1);
        trial.logout(laptop);
        trial.settle();
        trial.logout(back);
        trial.end();
    }

    @Test
    default void noSilenceHoweverLongIsTakenForAnAnswer() {
        Trial trial = new Trial(this);
        trial.cluster(2);
        trial.login(trial.host(1), 1);
        trial.silence();
        Session anna = trial.begin(trial.host(0), 2);
        Duration begun = trial.passed();
        while (trial.passed().minus(begun).compareTo(SILENT_FOR) < 0) {
            trial.soon();
            trial.look(trial.host(1), account(2));
        }
        trial.speak();
        trial.soon();
        assertTrue(anna.isBound(), "its bind is not complete though all is delivered");
        trial.look();
        trial.end();
    }

    @Test
    default void whoMovesIsFoundWhereverTheNewsComesFirst() {
        for (int seed = 1; seed <= 50; seed++) {
            Trial trial = new Trial(this);
            trial.cluster(3);
            Session anna = trial.login(trial.host(0), 1);
            for (int i = 0; i < 6; i++) {
                anna = trial.move(anna, trial.host(i + 1));
                trial.deliverSome(seed * 31 + i);
                trial.look();
            }
            trial.end();
        }
    }

    @Test
    default void whoIsNotAvailableIsFoundAllTheSame() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Session anna = trial.login(trial.host(1), 1);
        boolean[] changes = {true, true, false, true, false, false};
        for (boolean available : changes) {
            trial.world.presence(anna, available);
            trial.deliver();
            trial.look();
        }
        trial.end();
    }

    @Test
    default void anAccountThatIsNowhereIsAnsweredInTime() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        for (int i = 0; i < 20; i++) trial.look(trial.host(i), account(100 + i));
        trial.end();
    }

    @Test // RFC 6121 §4.3.2
    default void presenceIsTheTruthWhereItIsKept() {
        Trial trial = new Trial(this);
        trial.cluster(3);
        Session phone = trial.login(trial.host(1), 1);
        Session desk = trial.login(trial.host(2), 1);
        trial.world.presence(phone, true);
        trial.world.presence(desk, true);
        trial.settle();
        trial.rightPresence();
        trial.world.presence(phone, false);
        trial.settle();
        trial.rightPresence();
        trial.move(desk, trial.host(0));
        trial.settle();
        trial.rightPresence();
        trial.world.crash(trial.host(1));
        trial.settle();
        trial.rightPresence();
        trial.end();
    }
}
