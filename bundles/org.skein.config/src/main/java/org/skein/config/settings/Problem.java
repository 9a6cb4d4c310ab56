package org.skein.config.settings;

/**
 * Something wrong in a file an operator wrote.
 *
 * @param file the file as an operator would name it
 * @param line its line, 0 when the whole file is meant
 * @param message what is wrong, and what may have been meant
 */
public record Problem(String file, int line, String message) {
    @Override
    public String toString() {
        return line > 0 ? file + ", line " + line + ": " + message : file + ": " + message;
    }
}
