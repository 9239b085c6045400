/**
 * The test slice, and the auto-configuration of tests with the embedded servers. May use
 * Spring Boot's support of tests.
 */
@NullMarked
package io.kinesisspring.boot.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
