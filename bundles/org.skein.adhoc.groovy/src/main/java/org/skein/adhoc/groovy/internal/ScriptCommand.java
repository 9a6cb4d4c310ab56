package org.skein.adhoc.groovy.internal;

import groovy.lang.Binding;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.codehaus.groovy.runtime.InvokerInvocationException;
import org.osgi.framework.BundleContext;
import org.skein.api.command.Action;
import org.skein.api.command.CommandDescription;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.DescribedAction;
import org.skein.api.command.Result;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One version of a script as a command: it runs the script, or tells what is wrong with it. */
final class ScriptCommand implements DescribedAction {
    private static final Logger log = LoggerFactory.getLogger(ScriptCommand.class);

    private final String file;
    private final Header header;
    private final Optional<Program> program;
    private final String error;
    private final BundleContext context;
    private final Logger logOfScript;
    private volatile Optional<String> refusal = Optional.empty();

    private ScriptCommand(String file, Header header, Optional<Program> program, String error, BundleContext context) {
        this.file = file;
        this.header = header;
        this.program = program;
        this.error = error;
        this.context = context;
        this.logOfScript = LoggerFactory.getLogger("org.skein.script." + file);
    }

    static ScriptCommand of(String file, Header header, Program program, BundleContext context) {
        return new ScriptCommand(file, header, Optional.of(program), "", context);
    }

    /** Answers an error. @param header of the version before, if that of this one is what is wrong */
    static ScriptCommand broken(String file, Header header, String error, BundleContext context) {
        return new ScriptCommand(file, header, Optional.empty(), error, context);
    }

    Header header() {
        return header;
    }

    @Override
    public CommandDescription description() {
        return header.about();
    }

    @Override
    public Optional<Jid> user(Map<String, Object> input) {
        return header.user().map(input::get).map(Jid.class::cast);
    }

    @Override
    public void hosted(Optional<String> why) {
        refusal = why;
        why.ifPresent(reason -> log.warn(
                "what=script_refused file={} command={} reason=\"{}\"",
                file,
                header.about().name(),
                reason));
    }

    Optional<String> refusal() {
        return refusal;
    }

    @Override
    public CompletionStage<Result> run(Map<String, Object> input, Action.Call call) {
        Program running = program.orElseThrow(() -> new CommandException(Kind.UNAVAILABLE, error));
        Printed printed = new Printed();
        PrintWriter out = new PrintWriter(printed);
        ServiceLookup services = new ServiceLookup(context);
        Object returned;
        try {
            CommandScript script = running.script(binding(input, out));
            script.surroundings(call, services, logOfScript);
            returned = script.run();
        } catch (Throwable e) { // whatever the script does
            services.close();
            throw told(running, e);
        }
        if (returned instanceof CompletionStage<?> later) {
            return answer(later, running, printed, services);
        }
        services.close();
        return Result.later(result(running, returned, printed));
    }

    /** Over when the stage of the script is, or when the host has waited long enough and cancels it. */
    private CompletableFuture<Result> answer(
            CompletionStage<?> later, Program running, Printed printed, ServiceLookup services) {
        CompletableFuture<Result> answer = new CompletableFuture<>();
        answer.whenComplete((result, failure) -> services.close()); // cancelled: the stage may never be complete
        later.whenComplete((value, failure) -> {
            if (answer.isDone()) return; // nobody waits any more
            services.close(); // before who waits for the answer has it
            try {
                if (failure != null) throw told(running, failure);
                answer.complete(result(running, value, printed));
            } catch (Throwable e) { // whatever the script made
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private Binding binding(Map<String, Object> input, PrintWriter out) {
        Binding binding = new Binding();
        header.about().fields().forEach(f -> binding.setVariable(f.var(), input.get(f.var())));
        binding.setVariable("out", out);
        return binding;
    }

    private Result result(Program running, Object returned, Printed printed) {
        try {
            return Results.of(returned, printed.text());
        } catch (RuntimeException | StackOverflowError e) { // a toString() of the script's, or what has itself in it
            throw told(running, e);
        }
    }

    private CommandException told(Program running, Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof InvokerInvocationException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CommandException meant) return meant;
        if (cause instanceof InterruptedException || cause instanceof TimeoutException && isTimeUp(cause)) {
            ScriptException ended = new ScriptException(
                    running.line(cause), "ended after " + header.about().deadlineSeconds() + " s, its deadline");
            log.warn("what=script_ended file={} reason=\"{}\"", file, ended.of(file));
            return new CommandException(Kind.UNAVAILABLE, ended.of(file));
        }
        ScriptException failed = new ScriptException(running.line(cause), words(cause));
        boolean isLong = cause instanceof StackOverflowError; // a thousand lines of the same
        log.warn("what=script_failed file={} reason=\"{}\"", file, failed.of(file), isLong ? null : cause);
        return new CommandException(Kind.UNAVAILABLE, failed.of(file));
    }

    /** What Groovy's time limit throws. */
    private static boolean isTimeUp(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).startsWith("Execution timed out");
    }

    private static String words(Throwable thrown) {
        String message = thrown.getMessage();
        String type = thrown.getClass().getSimpleName();
        return message == null || message.isBlank() ? type : type + ": " + message.strip();
    }
}
