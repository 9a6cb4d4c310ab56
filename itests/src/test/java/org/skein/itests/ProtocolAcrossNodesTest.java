package org.skein.itests;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.AcrossNodes;

/** The tests of the protocol once more, with each connection on another node of three. */
@AcrossNodes
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ProtocolAcrossNodesTest {
    @Nested
    class Binding extends BindingTest {}

    @Nested
    class Blocking extends BlockingTest {}

    @Nested
    class Carbons extends CarbonsTest {}

    @Nested
    class ClientState extends ClientStateTest {}

    @Nested
    class DeliveryRules extends DeliveryRulesTest {}

    @Nested
    class Discovery extends DiscoveryTest {}

    @Nested
    class Login extends LoginTest {}

    @Nested
    class Offline extends OfflineTest {}

    @Nested
    class PersonalData extends PersonalDataTest {}

    @Nested
    class Presence extends PresenceTest {}

    @Nested
    class Registration extends RegistrationTest {}

    @Nested
    class Roster extends RosterTest {}

    @Nested
    class StreamManagement extends StreamManagementTest {}

    @Nested
    class Subscription extends SubscriptionTest {}
}
