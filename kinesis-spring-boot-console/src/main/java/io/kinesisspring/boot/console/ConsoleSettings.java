package io.kinesisspring.boot.console;

/**
 * Where the console is, and of what.
 *
 * @param path its path, without a slash at the end
 * @param application the name of the application
 */
record ConsoleSettings(String path, String application) {

}
