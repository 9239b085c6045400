/**
 * Defaults for tests and local runs of an application with the embedded servers. May use
 * Spring Boot.
 */
@NullMarked
package io.kinesisspring.boot.test;

import org.jspecify.annotations.NullMarked;
