/**
 * Meters of what goes on in containers, templates and lease stores. The only package that
 * knows Micrometer's meters; uses the observer interfaces of the others.
 */
@NullMarked
package io.kinesisspring.metrics;

import org.jspecify.annotations.NullMarked;
