/**
 * Connects to emulators that Testcontainers or Docker Compose has started. Knows the
 * connection details of the auto-configuration and nothing else of the library.
 */
@NullMarked
package io.kinesisspring.boot.serviceconnection;

import org.jspecify.annotations.NullMarked;
