/**
 * A real browser, for tests of pages.
 */
package io.kinesisspring.embedded.testing.browser;
