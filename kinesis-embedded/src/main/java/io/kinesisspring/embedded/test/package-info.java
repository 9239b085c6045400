/**
 * The embedded server in Spring tests and in test-scoped main classes. Needs Spring
 * Framework, but not Spring Boot.
 */
@NullMarked
package io.kinesisspring.embedded.test;

import org.jspecify.annotations.NullMarked;
