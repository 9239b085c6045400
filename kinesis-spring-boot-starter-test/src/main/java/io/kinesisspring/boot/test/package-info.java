/**
 * What tests and local runs of an application get beside the embedded back ends. May use
 * Spring Boot.
 */
@NullMarked
package io.kinesisspring.boot.test;

import org.jspecify.annotations.NullMarked;
