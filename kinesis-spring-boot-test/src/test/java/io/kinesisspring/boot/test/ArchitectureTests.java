package io.kinesisspring.boot.test;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/**
 * Which way the dependencies run.
 */
@AnalyzeClasses(packages = "io.kinesisspring.boot.test", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.kinesisspring.boot.test";

	@ArchTest
	final ArchRule whatTestsUseNeedsNoSpringBoot = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage(ROOT)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "io.kinesisspring.boot.autoconfigure..",
				ROOT + ".autoconfigure");

	@ArchTest
	final ArchRule onlyTheSliceKnowsJUnit = ArchRuleDefinition.noClasses()
		.that()
		.doNotHaveSimpleName("KinesisTest")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.junit..");

	@ArchTest
	final ArchRule oneClassTellsTheTimeAndWaits = ArchRuleDefinition.noClasses()
		.that()
		.doNotHaveSimpleName("Waiting")
		.should()
		.callMethod(System.class, "nanoTime")
		.orShould()
		.callMethod(System.class, "currentTimeMillis")
		.orShould()
		.callMethod(Thread.class, "sleep", long.class);

}
