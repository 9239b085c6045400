/**
 * What tests of an application use: read and write streams, wait for listeners, and see
 * what they received. May use the auto-configuration and the embedded server.
 */
@NullMarked
package io.kinesisspring.boot.test;

import org.jspecify.annotations.NullMarked;
