package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jivesoftware.smack.SmackException;
import org.jivesoftware.smack.XMPPException.XMPPErrorException;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.commands.AdHocCommand;
import org.jivesoftware.smackx.commands.AdHocCommandManager;
import org.jivesoftware.smackx.commands.AdHocCommandNote;
import org.jivesoftware.smackx.commands.AdHocCommandResult;
import org.jivesoftware.smackx.commands.packet.AdHocCommandData;
import org.jivesoftware.smackx.xdata.FormField;
import org.jivesoftware.smackx.xdata.form.FillableForm;
import org.jivesoftware.smackx.xdata.packet.DataForm;
import org.jxmpp.jid.Jid;
import org.jxmpp.jid.impl.JidCreate;

/** Runs commands with a client library's ad-hoc commands (XEP-0050), as an administrator does. One thread. */
public final class Administrator implements AutoCloseable {
    private static final Jid SERVER = JidCreate.domainBareFromOrThrowUnchecked("localhost");
    private static final String ADMIN = "http://jabber.org/protocol/admin";
    private static final String OURS = "urn:skein:command:";

    private static final Set<FormField.Type> SEVERAL =
            EnumSet.of(FormField.Type.jid_multi, FormField.Type.list_multi, FormField.Type.text_multi);

    /**
     * What came of a command.
     *
     * @param values by variable
     * @param rows of the table, by variable
     * @param notes the texts, warnings among them
     */
    public record Answer(Map<String, List<String>> values, List<Map<String, String>> rows, List<String> notes) {
        /** The one value of this variable. */
        public String value(String var) {
            List<String> all = values.getOrDefault(var, List.of());
            if (all.size() != 1) fail("value " + var + " of " + this);
            return all.get(0);
        }

        public long number(String var) {
            return Long.parseLong(value(var));
        }

        public List<String> all(String var) {
            return values.getOrDefault(var, List.of());
        }

        public List<String> column(String var) {
            return rows.stream().map(r -> r.get(var)).toList();
        }

        /** The only row. */
        public Map<String, String> row() {
            if (rows.size() != 1) fail("rows of " + this);
            return rows.get(0);
        }
    }

    private final XMPPTCPConnection connection;
    private final AdHocCommandManager commands;

    private Administrator(XMPPTCPConnection connection) {
        this.connection = connection;
        commands = AdHocCommandManager.getInstance(connection);
        connection.setReplyTimeout(Await.LONG.toMillis());
    }

    /** Logged in with {@link StanzaClient#PASSWORD}. */
    public static Administrator at(ServerProcess node, String user) throws Exception {
        return new Administrator(Clients.logIn(node, user, StanzaClient.PASSWORD, "administration"));
    }

    public String bare() {
        return connection.getUser().asBareJid().toString();
    }

    /** Those offered: {@code #add-user} for those of XEP-0133, {@code session:list} for our own. */
    public Set<String> offered() throws Exception {
        Set<String> names = new TreeSet<>();
        commands.discoverCommands(SERVER).getItems().forEach(item -> {
            String node = item.getNode();
            names.add(node.startsWith(ADMIN + "#") ? node.substring(ADMIN.length()) : node.replace(OURS, ""));
        });
        return names;
    }

    private AdHocCommand command(String name) {
        return commands.getRemoteCommand(SERVER, name.startsWith("#") ? ADMIN + name : OURS + name);
    }

    /**
     * Runs it to its end, over all pages of its form.
     *
     * @param fields {@code var=value}; a list is given by several
     */
    public Answer run(String name, String... fields) throws Exception {
        AdHocCommand command = command(name);
        AdHocCommandResult result = command.execute();
        Map<String, List<String>> left = byVar(fields);
        while (!result.isCompleted()) {
            FillableForm form = result.asExecutingOrThrow().getFillableForm();
            for (FormField field : form.getDataForm().getFields()) {
                List<String> values = left.remove(field.getFieldName());
                if (values == null) continue;
                if (SEVERAL.contains(field.getType())) form.setAnswer(field.getFieldName(), values);
                else form.setAnswer(field.getFieldName(), values.get(0));
            }
            boolean isLast = result.getResponse().getActions().contains(AdHocCommandData.AllowedAction.complete);
            result = isLast ? command.complete(form.getSubmitForm()) : command.next(form.getSubmitForm());
        }
        assertTrue(left.isEmpty(), () -> name + " has no fields " + left.keySet());
        return answer(result.getResponse());
    }

    private static Map<String, List<String>> byVar(String... fields) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String field : fields) {
            int equals = field.indexOf('=');
            all.computeIfAbsent(field.substring(0, equals), var -> new ArrayList<>())
                    .add(field.substring(equals + 1));
        }
        return all;
    }

    private static Answer answer(AdHocCommandData data) {
        List<String> notes =
                data.getNotes().stream().map(AdHocCommandNote::getValue).toList();
        DataForm form = data.getForm();
        if (form == null) return new Answer(Map.of(), List.of(), notes);
        return new Answer(
                values(form.getFields()),
                form.getItems().stream().map(item -> row(item.getFields())).toList(),
                notes);
    }

    private static Map<String, List<String>> values(List<? extends FormField> fields) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        fields.forEach(f -> values.put(f.getFieldName(), f.getValuesAsString()));
        return values;
    }

    private static Map<String, String> row(List<? extends FormField> fields) {
        Map<String, String> row = new LinkedHashMap<>();
        values(fields).forEach((var, all) -> row.put(var, String.join("\n", all)));
        return row;
    }

    /** What the first page of its form holds; it is cancelled then. */
    public Map<String, List<String>> prefilled(String name) throws Exception {
        AdHocCommand command = command(name);
        DataForm form = command.execute().asExecutingOrThrow().getFillableForm().getDataForm();
        try {
            command.cancel();
        } catch (IllegalArgumentException e) {
            // the library has no word for the status "canceled" it is answered with
        }
        return values(form.getFields());
    }

    /** Runs it, which must be refused. @return the condition and the text of the error */
    public String refused(String name, String... fields) throws Exception {
        try {
            return fail(name + " was not refused but answered " + run(name, fields));
        } catch (XMPPErrorException e) {
            return e.getStanzaError().getCondition() + ": " + e.getStanzaError().getDescriptiveText();
        }
    }

    @Override
    public void close() throws SmackException {
        connection.disconnect();
    }
}
