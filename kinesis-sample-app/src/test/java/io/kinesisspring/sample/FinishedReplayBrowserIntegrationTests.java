package io.kinesisspring.sample;

import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import io.kinesisspring.embedded.testing.browser.Browser;
import io.kinesisspring.embedded.testing.browser.BrowserTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the local run in a browser, when all flights have arrived.
 */
@BrowserTest
class FinishedReplayBrowserIntegrationTests {

	@Test
	void saysThatAllFlightsHaveArrivedAndHowToStop(Browser browser) {
		try (ConfigurableApplicationContext context = run()) {
			browser.open(
					URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/"));
			browser.await("a shard is split", () -> {
				browser.click("button[data-control=split][aria-disabled=false]");
				return browser.isVisible("[data-event=split]");
			});
			browser.await("the end of the replay", Duration.ofMinutes(5),
					() -> browser.attribute("html", "data-done").equals("true"));
			assertThat(browser.text("#done")).contains("20,000", "Ctrl+C");
			assertThat(browser.texts("[data-count]")).containsSequence("20,000", "20,000", "0");
			assertThat(browser.text("[data-count=missing]")).isEqualTo("0");
			assertThat(browser.text("[data-count=out-of-order]")).isEqualTo("0");
			assertThat(context.getBean(FlightLedger.class).summary().ofDataSet()).isEqualTo(20_000);
			assertThat(browser.errors()).isEmpty();
			browser.screenshot("sample-done");
		}
	}

	private static ConfigurableApplicationContext run() {
		return SpringApplication.from(FlightsApplication::main)
			.with(LocalFlightsApplication.class)
			.withAdditionalProfiles("local")
			.run("--server.port=0", "--sample.records-per-second=4000")
			.getApplicationContext();
	}

}
