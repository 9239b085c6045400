package io.kinesisspring.embedded;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * Which way the dependencies run.
 */
@AnalyzeClasses(packages = "io.kinesisspring.embedded", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.kinesisspring.embedded";

	@ArchTest
	final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
		.matching(ROOT + ".(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	final ArchRule onlyTheOutsideKnowsTheServer = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(ROOT, ROOT + ".test")
		.should()
		.dependOnClassesThat()
		.resideInAPackage(ROOT);

	@ArchTest
	final ArchRule onlyTestSupportKnowsSpring = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".test")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	final ArchRule nothingKnowsSpringBootOrTheSdkOrTheLibrary = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "software.amazon.awssdk..", "io.kinesisspring",
				"io.kinesisspring.listener..", "io.kinesisspring.producer..");

	@ArchTest
	final ArchRule onlyOnePackageKnowsDynamoDbLocal = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".dynamodb")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("software.amazon.dynamodb..", "org.eclipse.jetty..");

	@ArchTest
	final ArchRule theStoreKnowsNothingOfTheWire = ArchRuleDefinition.noClasses()
		.that()
		.resideInAnyPackage(ROOT + ".store", ROOT + ".limit", ROOT + ".fault", ROOT + ".action", ROOT + ".control")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.netty..");

	@ArchTest
	final ArchRule nothingIsSynchronized = ArchRuleDefinition.noMethods()
		.should()
		.haveModifier(JavaModifier.SYNCHRONIZED);

}
