package io.kinesisspring;

import java.util.Arrays;
import java.util.concurrent.Executors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * Which package may know which: the rules of {@code docs/architecture.md}.
 */
@AnalyzeClasses(packages = "io.kinesisspring",
		importOptions = { ImportOption.DoNotIncludeTests.class, ArchitectureTests.DoNotIncludeEmbedded.class })
class ArchitectureTests {

	private static final String ROOT = "io.kinesisspring";

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = SlicesRuleDefinition.slices()
		.matching(ROOT + ".(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule theRuntimeDoesNotKnowSpringBoot = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	static final ArchRule theRootUsesNothingOfOurs = onlyUses("");

	@ArchTest
	static final ArchRule schedulingUsesNothingOfOurs = onlyUses("scheduling");

	@ArchTest
	static final ArchRule theConverterUsesTheRootOnly = onlyUses("converter", "");

	@ArchTest
	static final ArchRule aggregationUsesNothingButJava = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage(ROOT + ".aggregation")
		.should()
		.onlyDependOnClassesThat()
		.resideInAnyPackage(ROOT + ".aggregation", "java..", "org.jspecify..");

	@ArchTest
	static final ArchRule envelopesUseTheRootOnly = onlyUses("envelope", "");

	@ArchTest
	static final ArchRule observationsUseTheRootOnly = onlyUses("observation", "");

	@ArchTest
	static final ArchRule errorsUseTheRootAndScheduling = onlyUses("error", "", "scheduling");

	@ArchTest
	static final ArchRule eventsUseNothingOfOurs = onlyUses("event");

	@ArchTest
	static final ArchRule deadLettersKnowErrorsAndTheProducer = onlyUses("deadletter", "", "error", "producer",
			"scheduling");

	@ArchTest
	static final ArchRule redrivesKnowNoListener = onlyUses("redrive", "", "deadletter", "envelope", "producer",
			"shard", "lease", "scheduling");

	@ArchTest
	static final ArchRule theAdminKnowsNoListenerAndNoProducer = onlyUses("admin", "", "scheduling", "shard");

	@ArchTest
	static final ArchRule leasesKnowNoShardReaderAndNoListener = onlyUses("lease", "", "scheduling");

	@ArchTest
	static final ArchRule theDynamoDbStoreKnowsLeasesOnly = onlyUses("lease.dynamodb", "", "scheduling", "lease");

	@ArchTest
	static final ArchRule shardsKnowNoListener = onlyUses("shard", "", "scheduling", "lease", "aggregation");

	@ArchTest
	static final ArchRule listenersKnowNoAnnotationAndNoProducer = onlyUses("listener", "", "scheduling", "lease",
			"shard", "error", "event", "envelope", "observation", "converter");

	@ArchTest
	static final ArchRule theAdapterKnowsNoShards = onlyUses("listener.adapter", "", "listener", "error", "converter",
			"producer");

	@ArchTest
	static final ArchRule annotationsKnowListenersAndConverters = onlyUses("annotation", "", "listener",
			"listener.adapter", "shard", "lease", "error", "envelope", "converter");

	@ArchTest
	static final ArchRule theProducerKnowsNoListener = onlyUses("producer", "", "scheduling", "converter",
			"aggregation", "envelope", "observation", "reader", "shard");

	@ArchTest
	static final ArchRule readersKnowNoListenerAndNoProducer = onlyUses("reader", "", "scheduling", "converter",
			"envelope", "lease", "shard");

	@ArchTest
	static final ArchRule onlyTheDynamoDbStoreKnowsTheDynamoDbSdk = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".lease.dynamodb")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon.awssdk.services.dynamodb..");

	@ArchTest
	static final ArchRule onlyShardAdminAndProducerKnowTheKinesisSdk = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(ROOT + ".shard", ROOT + ".admin", ROOT + ".producer")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon.awssdk.services.kinesis..");

	@ArchTest
	static final ArchRule onlyTheConverterKnowsJackson = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".converter")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..");

	@ArchTest
	static final ArchRule metricsKnowWhatTheyCount = onlyUses("metrics", "", "lease", "lease.dynamodb", "shard",
			"listener", "producer");

	@ArchTest
	static final ArchRule onlyTheMetricsKnowMicrometerCore = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".metrics")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.micrometer.core..");

	@ArchTest
	static final ArchRule onlyTheSchedulingPackageTellsTheTime = noClassesOutsideOfScheduling().should()
		.accessTargetWhere(access("java.time", ".*", "now"))
		.orShould()
		.accessTargetWhere(access("java.time", "Clock", "system.*|tick.*"))
		.orShould()
		.accessTargetWhere(access("java.lang", "System", "nanoTime|currentTimeMillis"));

	@ArchTest
	static final ArchRule onlyTheSchedulingPackageLetsTimePass = noClassesOutsideOfScheduling().should()
		.accessTargetWhere(
				access("java.util.concurrent", "CompletableFuture", "orTimeout|completeOnTimeout|delayedExecutor"))
		.orShould()
		.accessTargetWhere(access("java.lang", "Thread", "sleep"))
		.orShould()
		.accessTargetWhere(access("java.util.concurrent", "TimeUnit", "sleep"))
		.orShould()
		.accessTargetWhere(access("java.util.concurrent.locks", "LockSupport", "park(Nanos|Until)"));

	/**
	 * Partition keys and ids are random on purpose, also in a simulation.
	 */
	@ArchTest
	static final ArchRule onlyTheSchedulingPackageLeavesSomethingToChance = noClassesOutsideOfScheduling().and()
		.haveNameNotMatching(".*\\.(RecordPreparer|WorkerIds|LeaseTableOperations|DeadLetterRedriver)")
		.should()
		.accessTargetWhere(access("java.util", "(Splittable)?Random", "<init>"))
		.orShould()
		.accessTargetWhere(access("java.security", "SecureRandom", "<init>|getInstance.*"))
		.orShould()
		.accessTargetWhere(access("java.util.concurrent", "ThreadLocalRandom", "current"))
		.orShould()
		.accessTargetWhere(access("java.util.random", "RandomGenerator", "of|getDefault"))
		.orShould()
		.accessTargetWhere(access("java.lang", "Math", "random"))
		.orShould()
		.accessTargetWhere(access("java.util", "UUID", "randomUUID"));

	/**
	 * What an application creates runs in real time, and hands its scheduler on.
	 */
	@ArchTest
	static final ArchRule onlyWhatApplicationsCreateRunsInRealTime = noClassesOutsideOfScheduling().and()
		.haveNameNotMatching(".*\\.(KinesisListenerContainerFactory|StreamClient|DynamoDbLeaseStore"
				+ "|KinesisAdmin\\$Builder|DefaultErrorHandler\\$Builder|SendLifecycle|KinesisReader|DeadLetterRedriver)")
		.should()
		.accessTargetWhere(access(ROOT + ".scheduling", "Scheduler", "system"));

	@ArchTest
	static final ArchRule nothingIsSynchronized = ArchRuleDefinition.methods()
		.should()
		.notHaveModifier(JavaModifier.SYNCHRONIZED);

	@ArchTest
	static final ArchRule nothingMakesThreadsByTheWay = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.belongToAnyOf(Executors.class);

	/**
	 * A record of the application may wait in memory by the hundred thousand, so its
	 * parts are not grouped in objects of their own.
	 */
	@ArchTest
	static final ArchRule constructorsHaveAtMostSixParameters = ArchRuleDefinition.noConstructors()
		.that()
		.areDeclaredInClassesThat()
		.areNotRecords()
		.and()
		.areDeclaredInClassesThat()
		.areNotEnums()
		.and()
		.areDeclaredInClassesThat()
		.doNotHaveSimpleName("OutgoingRecord")
		.should(ArchCondition.from(DescribedPredicate.describe("have more than six parameters",
				(constructor) -> constructor.getRawParameterTypes().size() > 6)));

	@ArchTest
	static final ArchRule publicTypesOfShardsAreNeededByAnotherPackage = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage(ROOT + ".shard")
		.and()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should(ArchCondition.from(DescribedPredicate.describe("be needed by another package", (type) -> type
			.getDirectDependenciesToSelf()
			.stream()
			.anyMatch((dependency) -> !dependency.getOriginClass().getPackageName().equals(type.getPackageName())))));

	private static GivenClassesConjunction noClassesOutsideOfScheduling() {
		return ArchRuleDefinition.noClasses().that().resideOutsideOfPackage(ROOT + ".scheduling");
	}

	/**
	 * Calls and method references.
	 */
	private static DescribedPredicate<JavaAccess<?>> access(String packageName, String type, String member) {
		return DescribedPredicate.describe("access " + packageName + "." + type + "#" + member,
				(access) -> access.getTargetOwner().getPackageName().equals(packageName)
						&& access.getTargetOwner().getSimpleName().matches(type) && access.getName().matches(member));
	}

	private static ArchRule onlyUses(String user, String... used) {
		return ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(packageOf(user))
			.should()
			.onlyDependOnClassesThat(new DescribedPredicate<>("reside in " + String.join(", ", used)) {

				@Override
				public boolean test(JavaClass dependency) {
					String name = dependency.getPackageName();
					return !name.startsWith(ROOT) || name.equals(packageOf(user))
							|| Arrays.stream(used).anyMatch((other) -> name.equals(packageOf(other)));
				}

			})
			.allowEmptyShould(true);
	}

	private static String packageOf(String name) {
		return name.isEmpty() ? ROOT : ROOT + "." + name;
	}

	/**
	 * The embedded server lies on the class path of the tests.
	 */
	static final class DoNotIncludeEmbedded implements ImportOption {

		@Override
		public boolean includes(Location location) {
			return !location.contains("embedded");
		}

	}

}
