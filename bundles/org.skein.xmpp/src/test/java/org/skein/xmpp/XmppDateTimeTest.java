package org.skein.xmpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmppDateTimeTest {
    @Test
    void timesAreWrittenInUtcWithMilliseconds() {
        assertEquals("2002-09-10T23:08:25.120Z", XmppDateTime.format(Instant.parse("2002-09-10T23:08:25.1209Z")));
        assertEquals("1969-07-21T02:56:15.000Z", XmppDateTime.format(Instant.parse("1969-07-21T02:56:15Z")));
    }

    @ParameterizedTest // XEP-0082 §3.2
    @CsvSource({
        "1969-07-21T02:56:15Z, 1969-07-21T02:56:15Z",
        "1969-07-20T21:56:15-05:00, 1969-07-21T02:56:15Z",
        "2002-09-10T23:08:25.5+01:30, 2002-09-10T21:38:25.5Z",
        "2002-09-10T23:08:25.12345678912Z, 2002-09-10T23:08:25.123456789Z"
    })
    void timesOfTheProfileAreRead(String text, String instant) {
        assertEquals(Instant.parse(instant), XmppDateTime.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2002-09-10",
                "2002-09-10T23:08:25",
                "2002-09-10T23:08Z",
                "2002-09-10 23:08:25Z",
                "2002-09-10t23:08:25z",
                "20020910T23:08:25",
                "2002-13-10T23:08:25Z",
                "2002-02-30T23:08:25Z",
                "2002-09-10T24:00:01Z",
                "2002-09-10T23:08:25.Z",
                "2002-09-10T23:08:251Z",
                "2002-09-10T23:08:25+0100",
                "2002-09-10T23:08:25+25:00",
                " 2002-09-10T23:08:25Z",
                "2002-09-10T23:08:25Z "
            })
    void otherTextsAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> XmppDateTime.parse(text));
    }
}
