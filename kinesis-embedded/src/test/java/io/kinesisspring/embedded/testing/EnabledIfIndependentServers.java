package io.kinesisspring.embedded.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Tests that want {@link IndependentServers}, and are skipped where these are not
 * installed.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@EnabledIfSystemProperty(named = IndependentServers.PROPERTY, matches = ".+",
		disabledReason = "-D" + IndependentServers.PROPERTY + "=DIR names no folder with node_modules; "
				+ "run 'npm ci' in .ci/servers and give that folder")
public @interface EnabledIfIndependentServers {

}
