/**
 * Meters of containers, templates and lease stores. The only package that uses
 * Micrometer's meters. Uses the observer interfaces of the others.
 */
@NullMarked
package io.kinesisspring.metrics;

import org.jspecify.annotations.NullMarked;
