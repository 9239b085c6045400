/**
 * Tests of applications as processes of their own.
 */
@NullMarked
package io.kinesisspring.boot.process;

import org.jspecify.annotations.NullMarked;
