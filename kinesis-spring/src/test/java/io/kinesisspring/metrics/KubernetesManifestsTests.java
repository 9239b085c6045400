package io.kinesisspring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Holds the manifests in {@code docs/kubernetes} against the models of Kubernetes and
 * KEDA, and against what Prometheus gets to see of {@link KinesisMeter}.
 */
class KubernetesManifestsTests {

	private static final Path FOLDER = Path.of("../docs/kubernetes");

	private static final Pattern QUERY = Pattern
		.compile("max\\((kinesis_\\w+)\\{listener=\"\\w+\", stream=\"\\w+\"}\\)");

	/** Refuses fields that a model does not have, although the models accept all. */
	private static final ObjectMapper STRICT = new ObjectMapper()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.setAnnotationIntrospector(new JacksonAnnotationIntrospector() {

			@Override
			public @Nullable Boolean hasAnySetter(Annotated annotated) {
				return false;
			}

		});

	@Test
	void thePodHasMoreTimeToStopThanTheListenersAndTheTemplateTake() throws IOException {
		Deployment deployment = read("deployment.yaml", Deployment.class);
		assertThat(deployment.getApiVersion()).isEqualTo("apps/v1");
		assertThat(deployment.getSpec().getReplicas()).isNull();
		assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
			.containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
		PodSpec pod = deployment.getSpec().getTemplate().getSpec();
		Container container = pod.getContainers().get(0);
		long consumer = defaultSeconds("kinesis.consumer.shutdown-timeout");
		long producer = defaultSeconds("kinesis.producer.shutdown-timeout");
		long callbacks = 4;
		assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(
				container.getLifecycle().getPreStop().getSleep().getSeconds() + consumer + producer + callbacks);
		assertThat(container.getEnv()).singleElement().satisfies((variable) -> {
			assertThat(variable.getName()).isEqualTo("SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE");
			assertThat(seconds(variable.getValue())).isGreaterThan(consumer).isGreaterThan(producer + callbacks);
		});
	}

	@Test
	void theProbesAreSpringBootsGroups() throws IOException {
		Container container = read("deployment.yaml", Deployment.class).getSpec()
			.getTemplate()
			.getSpec()
			.getContainers()
			.get(0);
		assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
		assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
		assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/readiness");
		assertThat(Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
			.allSatisfy((probe) -> assertThat(probe.getHttpGet().getPort().getStrVal())
				.isEqualTo(container.getPorts().get(0).getName()));
	}

	@Test
	void kedaScalesByTheLargestLag() throws IOException {
		ScaledObject scaled = read("keda.yaml", ScaledObject.class);
		assertThat(scaled.apiVersion()).isEqualTo("keda.sh/v1alpha1");
		assertThat(scaled.kind()).isEqualTo("ScaledObject");
		assertThat(scaled.spec().scaleTargetRef().getName()).isEqualTo(deploymentName());
		assertThat(scaled.spec().minReplicaCount()).isPositive().isLessThan(scaled.spec().maxReplicaCount());
		Trigger lag = scaled.spec().triggers().get(0);
		assertThat(lag.type()).isEqualTo("prometheus");
		assertThat(lag.metricType()).isEqualTo("Value");
		assertThat(lag.metadata()).containsOnlyKeys("serverAddress", "query", "threshold", "ignoreNullValues")
			.containsEntry("ignoreNullValues", "false");
		assertThat(lag.metadata().get("query")).matches(QUERY);
		Matcher query = QUERY.matcher(lag.metadata().get("query"));
		assertThat(query.matches()).isTrue();
		assertThat(DashboardTests.SCRAPED).containsKey(query.group(1));
		assertThat(DashboardTests.SCRAPED.get(query.group(1))).contains("listener", "stream");
		assertThat(scaled.spec().triggers().get(1))
			.isEqualTo(new Trigger("cpu", "cpu", "Utilization", Map.of("value", "70")));
	}

	@Test
	void theAutoscalerDoesTheSameWithoutKeda() throws IOException {
		HorizontalPodAutoscaler autoscaler = read("hpa.yaml", HorizontalPodAutoscaler.class);
		ScaledObjectSpec keda = read("keda.yaml", ScaledObject.class).spec();
		assertThat(autoscaler.getApiVersion()).isEqualTo("autoscaling/v2");
		assertThat(autoscaler.getSpec().getScaleTargetRef().getName()).isEqualTo(deploymentName());
		assertThat(autoscaler.getSpec().getMinReplicas()).isEqualTo(keda.minReplicaCount());
		assertThat(autoscaler.getSpec().getMaxReplicas()).isEqualTo(keda.maxReplicaCount());
		assertThat(autoscaler.getSpec().getBehavior())
			.isEqualTo(keda.advanced().horizontalPodAutoscalerConfig().behavior());
		MetricSpec lag = autoscaler.getSpec().getMetrics().get(0);
		assertThat(lag.getType()).isEqualTo("External");
		String series = lag.getExternal().getMetric().getName();
		assertThat(DashboardTests.SCRAPED).containsKey(series);
		assertThat(DashboardTests.SCRAPED.get(series))
			.containsAll(lag.getExternal().getMetric().getSelector().getMatchLabels().keySet());
		assertThat(lag.getExternal().getTarget().getType()).isEqualTo("Value");
		assertThat(lag.getExternal().getTarget().getValue().getNumericalAmount())
			.isEqualByComparingTo(keda.triggers().get(0).metadata().get("threshold"));
		assertThat(Files.readString(FOLDER.resolve("prometheus-adapter.yaml"))).contains("seriesQuery: " + series + "{")
			.contains("metricsQuery: max by (listener, stream) (<<.Series>>{<<.LabelMatchers>>})");
	}

	@Test
	void thereAreNoOtherFiles() throws IOException {
		try (Stream<Path> files = Files.list(FOLDER)) {
			assertThat(files.map((file) -> file.getFileName().toString())).containsExactlyInAnyOrder("deployment.yaml",
					"keda.yaml", "hpa.yaml", "prometheus-adapter.yaml");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "terminationGracePeriodSeconds", "readinessProbe", "containerPort" })
	void misspelledFieldsAreNoticed(String field) throws IOException {
		String text = Files.readString(FOLDER.resolve("deployment.yaml")).replace(field, field + "s");
		assertThatIllegalArgumentException().isThrownBy(() -> parse(text, Deployment.class))
			.withMessageContaining(field + "s");
	}

	private static String deploymentName() throws IOException {
		return read("deployment.yaml", Deployment.class).getMetadata().getName();
	}

	private static <T> T read(String file, Class<T> type) throws IOException {
		return parse(Files.readString(FOLDER.resolve(file)), type);
	}

	private static <T> T parse(String text, Class<T> type) {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		Map<String, Object> document = new Yaml(options).load(text);
		return STRICT.convertValue(document, type);
	}

	private static long defaultSeconds(String property) throws IOException {
		Matcher row = Pattern.compile("\\| `" + Pattern.quote(property) + "` \\| `(\\w+)` \\|")
			.matcher(Files.readString(Path.of("../docs/properties.md")));
		assertThat(row.find()).as(property).isTrue();
		return seconds(row.group(1));
	}

	private static long seconds(String value) {
		assertThat(value).matches("\\d+s");
		return Long.parseLong(value.substring(0, value.length() - 1));
	}

	/**
	 * The part of KEDA's custom resource that the manifests use.
	 */
	record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, ScaledObjectSpec spec) {

	}

	record ScaledObjectSpec(CrossVersionObjectReference scaleTargetRef, int minReplicaCount, int maxReplicaCount,
			int pollingInterval, Advanced advanced, List<Trigger> triggers) {

	}

	record Advanced(HorizontalPodAutoscalerConfig horizontalPodAutoscalerConfig) {

	}

	record HorizontalPodAutoscalerConfig(HorizontalPodAutoscalerBehavior behavior) {

	}

	record Trigger(String type, String name, String metricType, Map<String, String> metadata) {

	}

}
