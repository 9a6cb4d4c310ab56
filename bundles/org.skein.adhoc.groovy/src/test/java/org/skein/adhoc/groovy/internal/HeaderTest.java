package org.skein.adhoc.groovy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skein.api.command.Command.Access;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.FieldDescription;
import org.skein.api.command.FieldDescription.Type;

class HeaderTest {
    private static final String SHORT = "// name: a:b\n// title: T\n";

    @Test
    void everythingAHeaderCanSay() throws Exception {
        Header header = Header.of("""
                #!/usr/bin/env groovy
                // A comment, and: another.
                // See https://example.net

                //name:user:poke
                // title: Pokes a user
                // description: Until it: hurts
                // scope: node-of-user whom
                // merge: sum
                // access: admin
                // deadline: 30
                // idempotent: true
                // field: whom jid "Whom to poke"
                // field: others jid-list "Others" optional length=5
                // field: how text "How hard" options="a=Soft ly,b" default=a page=2
                // field: times int "How often" default=1 min=1 max=9 page=2
                // field: secret_word text "Word" optional secret multiline
                // field: dry flag "Only look"
                println 'x' // name: not this
                // unknown: nor this
                """);
        assertEquals("user:poke", header.about().name());
        assertEquals("Pokes a user", header.about().title());
        assertEquals("Until it: hurts", header.about().description());
        assertEquals(Scope.NODE_OF_USER, header.about().scope());
        assertEquals(Optional.of("whom"), header.user());
        assertEquals(Merge.SUM, header.about().merge());
        assertEquals(30, header.about().deadlineSeconds());
        assertEquals(true, header.about().idempotent());
        List<FieldDescription> fields = header.about().fields();
        assertEquals(FieldDescription.of("whom", "Whom to poke", Type.JID), fields.get(0));
        assertEquals(true, fields.get(1).isList());
        assertEquals(5, fields.get(1).maxLength());
        assertEquals(List.of("a=Soft ly", "b"), fields.get(2).options());
        assertEquals(
                "1 1 9 2 false",
                fields.get(3).defaultValue() + " " + fields.get(3).min() + " "
                        + fields.get(3).max() + " " + fields.get(3).step() + " "
                        + fields.get(3).required());
        assertEquals(true, fields.get(4).secret() && fields.get(4).multiline());
        assertEquals(Type.FLAG, fields.get(5).type());
    }

    @Test
    void whatIsNotSaidIsTheSafeDefault() throws Exception {
        Header header = Header.of(SHORT);
        assertEquals(Scope.LOCAL, header.about().scope());
        assertEquals(Access.ADMIN, header.about().access());
        assertEquals(10, header.about().deadlineSeconds());
        assertEquals(false, header.about().idempotent());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|println 'x'|the header has no 'name:' line",
                "1|// name: a:b|the header has no 'title:' line",
                "1|// name: Poke; // title: T|name: 'Poke' is not of the form group:word (a-z, 0-9, hyphens)",
                "3|// name: a:b; // title: T; // access: user|only administrators may run scripts: access: admin",
                "3|// name: a:b; // title: T; // access: anyone|access: 'anyone' is none of admin, user",
                "3|// name: a:b; // title: T; // scope: everywhere|scope: 'everywhere' is none of local, node-of-user, all",
                "3|// name: a:b; // title: T; // scop: all|the header has no 'scop:'; it may have name, title, description, field, scope, merge, access, deadline, idempotent",
                "3|// name: a:b; // title: T; // name: c:d|name: is in line 1 already",
                "2|// name: a:b; // title:|title: is empty",
                "3|// name: a:b; // title: T; // deadline: soon|deadline: 'soon' is no number of seconds",
                "3|// name: a:b; // title: T; // deadline: 7200|deadline of 7200 s",
                "3|// name: a:b; // title: T; // idempotent: perhaps|idempotent: 'perhaps' is neither true nor false",
                "3|// name: a:b; // title: T; // scope: node-of-user|scope: node-of-user needs the name of the field with the user's address behind it",
                "3|// name: a:b; // title: T; // scope: node-of-user u; // field: u text \"U\"|scope: there is no field 'u' of type jid",
                "3|// name: a:b; // title: T; // field: x|field: a field is NAME TYPE \"LABEL\", and more words if needed",
                "3|// name: a:b; // title: T; // field: x date \"X\"|field: 'date' is none of text, flag, int, long, jid, text-list, jid-list",
                "3|// name: a:b; // title: T; // field: x int-list \"X\"|field: 'int-list' is none of text, flag, int, long, jid, text-list, jid-list",
                "3|// name: a:b; // title: T; // field: class text \"X\"|field: no field can be called 'class'",
                "3|// name: a:b; // title: T; // field: sessions text \"X\"|field: no field can be called 'sessions'",
                "3|// name: a:b; // title: T; // field: x text \"X|field: a quotation mark has no second",
                "3|// name: a:b; // title: T; // field: x int \"X\" min=few|field: 'min=few' has no number",
                "3|// name: a:b; // title: T; // field: x int \"X\" page=0|field: 'page=0' is not 1 to 1000000",
                "3|// name: a:b; // title: T; // field: x int \"X\" maybe|field: 'maybe' is none of required, optional, secret, multiline, default=, options=, min=, max=, length=, page=",
                "4|// name: a:b; // title: T; // field: x int \"X\"; // field: x int \"X\"|field x is there twice"
            })
    void whatIsWrongIsNamedWithItsLine(int line, String lines, String reason) {
        ScriptException wrong =
                assertThrows(ScriptException.class, () -> Header.of(lines.replace("; ", "\n") + "\nprintln 1\n"));
        assertEquals(line + " " + reason, wrong.line() + " " + wrong.getMessage());
    }
}
