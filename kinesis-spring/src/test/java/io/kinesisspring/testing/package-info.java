/**
 * What the tests of several packages use: servers, streams, containers, and a listener
 * that takes notes.
 */
package io.kinesisspring.testing;
