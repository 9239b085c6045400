package io.kinesisspring.boot.autoconfigure;

import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tests for the rules that Spring Boot keeps in its own modules, and for what the
 * packages may know of each other.
 */
@AnalyzeClasses(packages = "io.kinesisspring.boot", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	final ArchRule autoConfigurationsArePublicAndFinal = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL);

	@ArchTest
	final ArchRule autoConfigurationsHaveNoPublicMembers = ArchRuleDefinition.members()
		.that()
		.areDeclaredInClassesThat()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.notBePublic();

	@ArchTest
	final ArchRule configurationsAreNotPublic = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(Configuration.class)
		.and()
		.areNotAnnotatedWith(AutoConfiguration.class)
		.should()
		.notBePublic();

	@ArchTest
	final ArchRule whatChangesOtherBeansIsMadeByStaticMethods = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.and()
		.haveRawReturnType(JavaClass.Predicates.assignableTo(BeanPostProcessor.class)
			.or(JavaClass.Predicates.assignableTo(BeanFactoryPostProcessor.class))
			.or(JavaClass.Predicates.assignableTo(LazyInitializationExcludeFilter.class)))
		.should()
		.beStatic();

	@ArchTest
	final ArchRule classConditionsAreNotOnBeanMethods = ArchRuleDefinition.noMethods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.beAnnotatedWith(ConditionalOnClass.class);

	@ArchTest
	final ArchRule beanMethodsAreNeitherPublicNorPrivate = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.bePackagePrivate();

	@ArchTest
	final ArchRule beansThatUsersSeeAreNamedAfterKinesis = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.haveNameStartingWith("kinesis");

	@ArchTest
	final ArchRule publicTypesAreWhatUsersTypeOrAnotherPackageNeeds = ArchRuleDefinition.classes()
		.that()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should()
		.beAnnotatedWith(AutoConfiguration.class)
		.orShould()
		.beAnnotatedWith(ConfigurationProperties.class)
		.orShould()
		.beInterfaces()
		.orShould(beNeededByAnotherPackage());

	@ArchTest
	final ArchRule propertiesOnlyHold = ArchRuleDefinition.classes()
		.that(belongToProperties())
		.should()
		.beRecords()
		.orShould()
		.beEnums();

	@ArchTest
	final ArchRule theOuterPackageHoldsThePropertiesAlone = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage("io.kinesisspring.boot.autoconfigure")
		.and()
		.doNotHaveSimpleName("package-info")
		.and()
		.haveNameNotMatching(".+\\.OptionProperties(\\$.+)?")
		.should(ArchCondition.from(belongToProperties()));

	@ArchTest
	final ArchRule packagesAreFreeOfCycles = SlicesRuleDefinition.slices()
		.matching("io.kinesisspring.boot.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	final ArchRule nothingKnowsTheEmbeddedServer = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.kinesisspring.embedded..");

	private static DescribedPredicate<JavaClass> belongToProperties() {
		return DescribedPredicate.describe("belong to properties",
				(type) -> Stream.of(KinesisProperties.class, ListenerProperties.class, LeaseProperties.class)
					.anyMatch((properties) -> type.getName().startsWith(properties.getName())));
	}

	private static ArchCondition<JavaClass> beNeededByAnotherPackage() {
		return ArchCondition.from(DescribedPredicate.describe("be needed by another package", (type) -> type
			.getDirectDependenciesToSelf()
			.stream()
			.anyMatch((dependency) -> !dependency.getOriginClass().getPackageName().equals(type.getPackageName()))));
	}

}
