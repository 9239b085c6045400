package io.kinesisspring.boot.console;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.embedded.testing.browser.Browser;
import io.kinesisspring.embedded.testing.browser.BrowserTest;
import io.kinesisspring.producer.KinesisOperations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the console in a browser, with listeners that it shows and changes.
 */
@BrowserTest
class ConsoleBrowserIntegrationTests {

	private static final int RECORDS = 100;

	private static final int SHARDS = 4;

	private static final String LISTENER = "section[data-listener=orders] ";

	private static final String PAUSED = LISTENER + "dd[data-field=paused]";

	private static final AtomicInteger received = new AtomicInteger();

	private static final HttpClient client = HttpClient.newHttpClient();

	private static final JsonMapper json = new JsonMapper();

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		context = application("--management.endpoint.kinesis.access=unrestricted");
		KinesisOperations kinesis = context.getBean(KinesisOperations.class);
		for (int i = 0; i < RECORDS; i++) {
			kinesis.send("orders", "customer-" + i, "order-" + i);
		}
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void figuresAreThoseOfTheEndpoint(Browser browser) throws Exception {
		open(browser, context);
		browser.await("all records have arrived", () -> received.get() >= RECORDS);
		browser.await("checkpoints and lags", () -> {
			JsonNode endpoint = endpoint();
			boolean same = true;
			for (JsonNode shard : endpoint.get("shards")) {
				String row = row(shard.get("shard").asString());
				same &= browser.attribute(row + "[data-field=owner]", "title").equals(shard.get("owner").asString())
						&& browser.attribute(row + "[data-field=lag]", "data-value")
							.equals(shard.get("millisBehindLatest").asString());
			}
			return same;
		});
		assertThat(browser.count(LISTENER + "[data-shard]")).isEqualTo(SHARDS);
		assertThat(browser.text(LISTENER + "dd[data-field=held]")).isEqualTo("4 of 4");
		JsonNode shard = endpoint().get("shards").get(0);
		browser.click(row(shard.get("shard").asString()) + "button[data-open]");
		browser.await("the checkpoint", () -> browser.text("dialog[data-details]")
			.contains(endpoint().get("shards").get(0).get("checkpoint").asString()));
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void pausesAndResumesAListener(Browser browser) {
		open(browser, context);
		act(browser, LISTENER + "header button[data-action=pause]");
		browser.await("paused", () -> browser.attribute(PAUSED, "data-value").equals(String.valueOf(SHARDS)));
		assertThat(paused()).isEqualTo(SHARDS);
		act(browser, LISTENER + "header button[data-action=resume]");
		browser.await("resumed", () -> browser.attribute(PAUSED, "data-value").equals("0"));
		assertThat(paused()).isZero();
	}

	@Test
	void pausesOneShardAndNotWhenCancelled(Browser browser) {
		String shard = States.id(1);
		open(browser, context);
		details(browser, shard);
		browser.click("dialog[data-details] button[data-action=pause]");
		browser.click("button[data-confirm=no]");
		browser.awaitGone("dialog[data-confirm]");
		assertThat(paused()).isZero();
		act(browser, "dialog[data-details] button[data-action=pause]");
		browser.await("paused", () -> browser.text(row(shard) + "[data-field=state]").equals("paused"));
		assertThat(paused()).isEqualTo(1);
		act(browser, "dialog[data-details] button[data-action=resume]");
		browser.await("resumed", () -> browser.text(row(shard) + "[data-field=state]").equals("reading"));
	}

	@Test
	void releasesAShardWhichIsClaimedAgain(Browser browser) {
		String shard = States.id(2);
		int epoch = epoch(shard);
		open(browser, context);
		details(browser, shard);
		act(browser, "dialog[data-details] button[data-action=release]");
		browser.await("claimed again", () -> epoch(shard) > epoch);
		browser.await("shown", () -> browser.text("dialog[data-details]").contains(epoch(shard) + " times"));
	}

	@Test
	void resetsAfterAPreviewThatCountsWhatComesAgain(Browser browser) {
		browser.await("all records have arrived", () -> received.get() >= RECORDS);
		open(browser, context);
		browser.click(LISTENER + "header button[data-action=reset]");
		browser.click("input[name=position][value=trim-horizon]");
		browser.click("button[data-confirm=preview]");
		browser.await("the preview", () -> browser.text("[data-field=preview]").contains(RECORDS + " records again"));
		browser.click("button[data-confirm=no]");
		browser.awaitGone("dialog[data-confirm]");
		int before = received.get();
		browser.click(LISTENER + "header button[data-action=reset]");
		browser.click("button[data-confirm=preview]");
		browser.click("button[data-confirm=yes]");
		browser.awaitGone("dialog[data-confirm]");
		browser.await("all records again", () -> received.get() == before + RECORDS);
	}

	@Test
	void hasNoHandsWhereTheEndpointIsReadOnly(Browser browser) {
		try (ConfigurableApplicationContext readOnly = application()) {
			open(browser, readOnly);
			browser.await("the shards", () -> browser.count("[data-shard]") == SHARDS);
			browser.awaitVisible("[data-field=read-only]");
			assertThat(browser.count("button[data-action]")).isZero();
			assertThat(browser.errors()).isEmpty();
		}
	}

	private static void open(Browser browser, ConfigurableApplicationContext application) {
		browser.open(URI.create(address(application) + "/kinesis"));
		browser.await("the page is ready", () -> browser.attribute("html", "data-ready").equals("true"));
	}

	private static void act(Browser browser, String button) {
		browser.click(button);
		browser.click("button[data-confirm=yes]");
		browser.awaitGone("dialog[data-confirm]");
	}

	private static void details(Browser browser, String shard) {
		browser.click(row(shard) + "button[data-open]");
		browser.awaitVisible("dialog[data-details]");
	}

	private static String row(String shard) {
		return LISTENER + "[data-shard='" + shard + "'] ";
	}

	private static int paused() {
		return endpoint().get("listener").get("paused").asInt();
	}

	private static int epoch(String shard) {
		for (JsonNode each : endpoint().get("shards")) {
			if (each.get("shard").asString().equals(shard)) {
				return each.get("epoch").asInt();
			}
		}
		throw new AssertionError("There is no " + shard);
	}

	private static JsonNode endpoint() {
		try {
			return json.readTree(
					client
						.send(HttpRequest.newBuilder(URI.create(address(context) + "/actuator/kinesis/orders")).build(),
								HttpResponse.BodyHandlers.ofString())
						.body());
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static String address(ConfigurableApplicationContext application) {
		return "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Orders.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.application.name=shop", "kinesis.console.enabled=true",
					"management.endpoints.web.exposure.include=kinesis", ConsoleTestApplication.NO_SECURITY)
			.run(properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EmbeddedKinesis(streams = "orders:4")
	static class Orders {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
			received.incrementAndGet();
		}

	}

}
