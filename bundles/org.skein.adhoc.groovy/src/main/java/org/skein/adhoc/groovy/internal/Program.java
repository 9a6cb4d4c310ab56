package org.skein.adhoc.groovy.internal;

import groovy.lang.Binding;
import groovy.lang.GroovyClassLoader;
import groovy.transform.ThreadInterrupt;
import groovy.transform.TimedInterrupt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.customizers.ASTTransformationCustomizer;
import org.codehaus.groovy.control.messages.ExceptionMessage;
import org.codehaus.groovy.control.messages.Message;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.runtime.InvokerHelper;
import org.codehaus.groovy.syntax.SyntaxException;

/** A compiled script, with a class loader of its own. At each turn of a loop and each call it looks whether its time is up. */
final class Program implements AutoCloseable {
    /** Behind the deadline, at which the host interrupts: this is for what swallows the interrupt. */
    private static final long GRACE_SECONDS = 1;

    private final GroovyClassLoader loader;
    private final Class<?> type;

    private Program(GroovyClassLoader loader, Class<?> type) {
        this.loader = loader;
        this.type = type;
    }

    /** @throws ScriptException with the first error */
    static Program of(String file, String text, int deadlineSeconds) throws ScriptException {
        GroovyClassLoader loader = new GroovyClassLoader(new Visible(), configuration(deadlineSeconds), false);
        try {
            Class<?> type = loader.parseClass(text, className(file) + ".groovy");
            if (!CommandScript.class.isAssignableFrom(type)) {
                throw new ScriptException(0, "there is nothing to run: it has no statements of its own");
            }
            return new Program(loader, type);
        } catch (MultipleCompilationErrorsException e) {
            drop(loader);
            throw first(e);
        } catch (ScriptException e) {
            drop(loader);
            throw e;
        } catch (LinkageError | RuntimeException | StackOverflowError e) {
            drop(loader);
            throw new ScriptException(0, "it cannot be compiled: " + e);
        }
    }

    private static CompilerConfiguration configuration(int deadlineSeconds) {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setSourceEncoding(StandardCharsets.UTF_8.name());
        configuration.setScriptBaseClass(CommandScript.class.getName());
        configuration.addCompilationCustomizers(
                new ASTTransformationCustomizer(ThreadInterrupt.class),
                new ASTTransformationCustomizer(
                        Map.of("value", deadlineSeconds + GRACE_SECONDS), TimedInterrupt.class));
        return configuration;
    }

    private static ScriptException first(MultipleCompilationErrorsException failed) {
        Message first = failed.getErrorCollector().getError(0);
        if (first instanceof SyntaxErrorMessage syntax) {
            SyntaxException cause = syntax.getCause();
            return new ScriptException(
                    cause.getLine(), cause.getOriginalMessage().strip());
        }
        if (first instanceof ExceptionMessage thrown) {
            return new ScriptException(0, "it cannot be compiled: " + thrown.getCause());
        }
        return new ScriptException(0, failed.getMessage().strip());
    }

    /** As it stands in stack traces. */
    private static String className(String file) {
        return "script_" + file.substring(0, file.lastIndexOf('.')).replaceAll("[^A-Za-z0-9]", "_");
    }

    CommandScript script(Binding binding) {
        return (CommandScript) InvokerHelper.createScript(type.asSubclass(CommandScript.class), binding);
    }

    /** The line of the script something was thrown from; 0 if it cannot be told. */
    int line(Throwable thrown) {
        return Stream.of(thrown.getStackTrace())
                .filter(e -> e.getClassName().equals(type.getName())
                        || e.getClassName().startsWith(type.getName() + "$"))
                .mapToInt(StackTraceElement::getLineNumber)
                .filter(n -> n > 0)
                .findFirst()
                .orElse(0);
    }

    /** What is running goes on; nothing of it is kept. */
    @Override
    public void close() {
        drop(loader);
    }

    private static void drop(GroovyClassLoader loader) {
        // Groovy keeps what it knows of a class in tables of its own.
        for (Class<?> loaded : loader.getLoadedClasses()) InvokerHelper.removeClass(loaded);
        loader.clearCache();
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a script sees: this bundle with what it imports, and Groovy. */
    private static final class Visible extends ClassLoader {
        private static final ClassLoader GROOVY = InvokerHelper.class.getClassLoader();

        private Visible() {
            super(Program.class.getClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (Stream.of("groovy.", "groovyjarjar", "org.codehaus.groovy.", "org.apache.groovy.")
                    .noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return GROOVY.loadClass(name);
        }
    }
}
