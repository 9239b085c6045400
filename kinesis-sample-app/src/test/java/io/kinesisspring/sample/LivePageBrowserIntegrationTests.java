package io.kinesisspring.sample;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.browser.Browser;
import io.kinesisspring.embedded.testing.browser.BrowserTest;
import io.kinesisspring.embedded.testing.browser.Look;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the local run in a browser, while flights arrive.
 */
@BrowserTest
class LivePageBrowserIntegrationTests {

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void run() {
		context = SpringApplication.from(FlightsApplication::main)
			.with(LocalFlightsApplication.class)
			.withAdditionalProfiles("local")
			.run("--server.port=0", "--sample.records-per-second=80", "--sample.throttle-for=3s",
					"--sample.restart-after=2s")
			.getApplicationContext();
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void flightsArriveAndNobodyElseIsAsked(Browser browser) {
		open(browser);
		flightsArrive(browser);
		assertThat(browser.errors()).isEmpty();
		assertThat(browser.requests()).extracting(URI::getAuthority).containsOnly(address().getAuthority());
		browser.note("sample, first contentful paint: " + browser.firstPaint().toMillis() + " ms");
		assertThat(browser.firstPaint()).isLessThan(Browser.PATIENCE);
	}

	@Test
	@EnabledIfIndependentServers
	void isAccessibleAtEachWidthAndInBothColorSchemes(Browser browser) {
		open(browser);
		browser.awaitVisible("button[data-control=split]");
		Look.all().forEach((look) -> {
			browser.look(look);
			browser.screenshot("sample-" + look);
			assertThat(browser.inaccessible()).as("%s", look).isEmpty();
			assertThat(browser.script("return document.documentElement.scrollWidth - innerWidth"))
				.as("%s: sideways", look)
				.isEqualTo(0L);
		});
	}

	@Test
	void aPageThatIsLeftHoldsNoConnection(Browser browser) {
		URI stream = address().resolve("/live/stream");
		open(browser);
		browser.open(address().resolve("/flights/summary"));
		browser.script("history.back()");
		browser.await("a second connection", () -> browser.requests().stream().filter(stream::equals).count() == 2);
		browser.await("the page is connected", () -> browser.attribute("html", "data-connected").equals("true"));
		flightsArrive(browser);
	}

	/**
	 * How soon it is seen goes to the figures. It depends on the machine, and on the
	 * browser that draws without its hardware.
	 */
	@Test
	void aSplitIsSeen(Browser browser) {
		open(browser);
		Set<String> before = shards(browser);
		long start = System.nanoTime();
		press(browser, "split");
		browser.await("the children", () -> {
			Set<String> fresh = shards(browser);
			fresh.removeAll(before);
			return fresh.size() >= 2;
		});
		browser.note("sample, a split is seen after " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void aMergeIsSeen(Browser browser) {
		open(browser);
		Set<String> before = shards(browser);
		press(browser, "merge");
		browser.await("the child", () -> !before.containsAll(shards(browser)));
		nothingIsLost(browser);
	}

	@Test
	void anotherInstanceTakesOverFromAKilledOne(Browser browser) {
		open(browser);
		press(browser, "kill");
		browser.await("shards without an owner", () -> browser.count(".shard.orphaned") > 0);
		browser.await("all taken over", () -> browser.count(".shard.orphaned") == 0);
		flightsArrive(browser);
		browser.await("a new instance can be killed", () -> isEnabled(browser, "kill"));
		nothingIsLost(browser);
	}

	@Test
	void aThrottledStreamRecovers(Browser browser) {
		open(browser);
		press(browser, "throttle");
		browser.await("it is over", () -> isEnabled(browser, "throttle"));
		flightsArrive(browser);
		nothingIsLost(browser);
	}

	@Test
	void aPoisonedRecordBecomesADeadLetterAndDelaysNoOther(Browser browser) {
		open(browser);
		int before = number(browser.attribute("#refused", "data-refused"));
		press(browser, "poison");
		browser.await("the dead letter", () -> number(browser.attribute("#refused", "data-refused")) == before + 1);
		browser.awaitVisible("[data-event=refused]");
		flightsArrive(browser);
		nothingIsLost(browser);
	}

	private static void open(Browser browser) {
		browser.open(address());
		browser.await("the page is ready", () -> browser.attribute("html", "data-ready").equals("true"));
	}

	private static void flightsArrive(Browser browser) {
		int before = count(browser, "received");
		browser.await("flights", () -> count(browser, "received") > before);
	}

	private static void nothingIsLost(Browser browser) {
		assertThat(count(browser, "missing")).isZero();
		assertThat(count(browser, "out-of-order")).isZero();
	}

	private static void press(Browser browser, String control) {
		browser.click("button[data-control=" + control + "][aria-disabled=false]");
		browser.awaitVisible("[data-event=" + control + "]");
	}

	private static boolean isEnabled(Browser browser, String control) {
		return browser.count("button[data-control=" + control + "][aria-disabled=false]") == 1;
	}

	private static Set<String> shards(Browser browser) {
		Object ids = browser
			.script("return [...document.querySelectorAll('.shard[data-shard]')].map(e => e.dataset.shard)");
		Set<String> shards = new HashSet<>();
		((List<?>) ids).forEach((id) -> shards.add((String) id));
		return shards;
	}

	private static int count(Browser browser, String name) {
		return number(browser.text("[data-count='" + name + "']"));
	}

	private static int number(String text) {
		String digits = text.replaceAll("\\D", "");
		return digits.isEmpty() ? 0 : Integer.parseInt(digits);
	}

	private static URI address() {
		return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/");
	}

}
