/**
 * What listeners contribute to the application's health, by what this instance has seen
 * of them.
 */
@NullMarked
package io.kinesisspring.boot.health;

import org.jspecify.annotations.NullMarked;
