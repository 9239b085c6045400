package io.kinesisspring.boot.console;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.browser.Browser;
import io.kinesisspring.embedded.testing.browser.BrowserTest;
import io.kinesisspring.embedded.testing.browser.Look;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page in a browser, with states that are made up.
 */
@BrowserTest
class PageBrowserIntegrationTests {

	private static final String LISTENER = "section[data-listener=orders] ";

	private static final int MANY = 1000;

	/** What a screen shows, and some above and below. */
	private static final int MOST_ROWS = 100;

	private ScriptedConsole console;

	@AfterEach
	void stop() {
		if (this.console != null) {
			this.console.close();
		}
	}

	@Test
	void showsEveryStateAndAsksNobodyElse(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		assertThat(browser.texts(LISTENER + "[data-field=state]")).contains("stopped", "stalled", "paused", "finished",
				"reading", "lagging", "held elsewhere");
		assertThat(browser.count("#problems [data-problem]")).isPositive();
		browser.await("the plots", () -> browser.count("#plots canvas") > 0);
		assertThat(browser.errors()).isEmpty();
		assertThat(browser.requests()).extracting(URI::getAuthority)
			.containsOnly(this.console.address().getAuthority());
		browser.note("console, first contentful paint: " + browser.firstPaint().toMillis() + " ms");
		assertThat(browser.firstPaint()).isLessThan(Browser.PATIENCE);
	}

	@Test
	@EnabledIfIndependentServers
	void isAccessibleAtEachWidthAndInBothColorSchemes(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		Look.all().forEach((look) -> {
			browser.look(look);
			browser.script("scrollTo(0, 0)");
			browser.screenshot("console-" + look);
			assertThat(browser.inaccessible()).as("%s", look).isEmpty();
			assertThat(browser.script("return document.documentElement.scrollWidth - innerWidth"))
				.as("%s: sideways", look)
				.isEqualTo(0L);
			browser.click(row(4) + "button[data-open]");
			browser.awaitVisible("dialog[data-details]");
			browser.screenshot("console-shard-" + look);
			assertThat(browser.inaccessible()).as("%s: details of a shard", look).isEmpty();
			browser.click("dialog[data-details] button[data-action=reset]");
			browser.awaitVisible("dialog[data-confirm]");
			browser.screenshot("console-reset-" + look);
			assertThat(browser.inaccessible()).as("%s: reset", look).isEmpty();
			browser.type(Keys.ESCAPE);
			browser.awaitGone("dialog[data-confirm]");
			browser.type(Keys.ESCAPE);
			browser.awaitGone("dialog[data-details]");
		});
	}

	@Test
	void pausesByKeyboardAlone(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		this.console.answer(200, """
				{"listener":"orders","action":"pause","scope":"instance","shards":["a","b"],"complete":true}""");
		tabTo(browser, LISTENER + "button[data-action=pause]");
		browser.type(Keys.ENTER);
		browser.awaitVisible("dialog[data-confirm]");
		tabTo(browser, "button[data-confirm=yes]");
		browser.type(Keys.ENTER);
		browser.awaitGone("dialog[data-confirm]");
		assertThat(this.console.calls()).singleElement().satisfies((call) -> {
			assertThat(call.path()).isEqualTo("api/listeners/orders/pause");
			assertThat(call.body()).isEqualTo("{}");
		});
		assertThat(browser.text("[data-field=notice]")).contains("Paused 2 shards");
		assertThat(browser.script("return document.activeElement.dataset.action")).isEqualTo("pause");
	}

	@Test
	void asksBeforeEachActionAndSaysWhyTheServerRefuses(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		this.console.answer(409, "{\"reason\":\"" + States.HARMFUL + "\"}");
		for (String action : List.of("pause", "resume", "redrive")) {
			browser.click(LISTENER + "header button[data-action=" + action + "]");
			browser.click("button[data-confirm=no]");
			browser.awaitGone("dialog[data-confirm]");
		}
		assertThat(this.console.calls()).isEmpty();
		browser.click(LISTENER + "header button[data-action=pause]");
		browser.click("button[data-confirm=yes]");
		browser.await("the reason", () -> browser.text("[data-field=reason]").contains("<script>"));
		assertThat(browser.isVisible("dialog[data-confirm]")).isTrue();
		assertThat(this.console.calls()).hasSize(1);
	}

	@Test
	void resetsOnlyAfterAPreviewOfTheChosenPosition(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		this.console.answer(200, """
				{"records":123000,"direction":"again","shards":[{"stream":"orders","shard":"shardId-000000000001",
				"from":"4959","to":"trim-horizon","direction":"again","records":123000,"estimated":true}]}""");
		browser.click(LISTENER + "header button[data-action=reset]");
		browser.awaitVisible("dialog[data-confirm]");
		assertThat(browser.script("return document.querySelector('button[data-confirm=yes]').disabled"))
			.isEqualTo(true);
		browser.click("button[data-confirm=preview]");
		browser.await("the preview", () -> browser.text("[data-field=preview]").contains("123,000"));
		assertThat(browser.text("[data-field=preview]")).containsIgnoringCase("about");
		browser.click("input[name=position][value=latest]");
		browser.await("another preview is due", () -> Boolean.TRUE
			.equals(browser.script("return document.querySelector('button[data-confirm=yes]').disabled")));
		browser.click("input[name=position][value=trim-horizon]");
		browser.click("button[data-confirm=preview]");
		browser.click("button[data-confirm=yes]");
		browser.awaitGone("dialog[data-confirm]");
		assertThat(this.console.calls()).extracting(ScriptedConsole.Call::path)
			.containsExactly("api/listeners/orders/preview", "api/listeners/orders/preview",
					"api/listeners/orders/reset");
		assertThat(this.console.calls().get(2).body()).contains("\"stream\":\"orders\"",
				"\"position\":\"trim-horizon\"");
	}

	@Test
	void hasNoHandsWhereNothingMayBeChanged(Browser browser) throws IOException {
		open(browser, States.troubled(false));
		assertThat(browser.count("button[data-action]")).isZero();
		browser.awaitVisible("[data-field=read-only]");
		browser.click(row(1) + "button[data-open]");
		browser.awaitVisible("dialog[data-details]");
		assertThat(browser.count("button[data-action]")).isZero();
	}

	@Test
	void showsADashForWhatIsUnknown(Browser browser) throws IOException {
		open(browser, States.bare());
		assertThat(browser.text(row(0) + "[data-field=lag]")).isEqualTo("–");
		assertThat(browser.text(row(0) + "[data-field=owner]")).isEqualTo("–");
		assertThat(browser.text("body")).doesNotContain("undefined", "NaN", "null", "Infinity");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void takesNoTextForHtml(Browser browser) throws IOException {
		open(browser, States.harmful());
		browser.click("[data-shard] button[data-open]");
		browser.awaitVisible("dialog[data-details]");
		assertThat(browser.text("dialog[data-details]")).contains("<img src=x");
		assertThat(browser.count("img, script:not([src]), [onclick], [onerror]")).isZero();
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void saysThatTheConnectionIsLostAndComesBackByItself(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		this.console.reachable(false);
		browser.await("not connected", () -> browser.attribute("html", "data-connected").equals("false"));
		browser.awaitVisible("#outage");
		assertThat(browser.count(LISTENER + "[data-shard]")).as("the last figures").isPositive();
		this.console.reachable(true);
		browser.await("connected", () -> browser.attribute("html", "data-connected").equals("true"));
		browser.awaitGone("#outage");
	}

	@Test
	void aPageThatIsLeftHoldsNoConnection(Browser browser) throws IOException {
		open(browser, States.troubled(true));
		URI stream = this.console.address().resolve("api/state/stream");
		browser.open(this.console.address().resolve("api/history"));
		browser.script("history.back()");
		browser.await("a second connection", () -> browser.requests().stream().filter(stream::equals).count() == 2);
		browser.await("the page is connected", () -> browser.attribute("html", "data-connected").equals("true"));
	}

	@Test
	void isFluentWithAThousandShards(Browser browser) throws IOException {
		open(browser, States.many(MANY));
		assertThat(browser.count("[data-shard]")).isBetween(5, MOST_ROWS);
		browser.script("const s = document.querySelector('.scroller'); s.scrollTop = s.scrollHeight;");
		browser.awaitVisible(row(MANY - 1));
		assertThat(browser.count("[data-shard]")).isBetween(5, MOST_ROWS);
		browser.click("input[data-filter=text]");
		browser.type("0000000777");
		browser.await("one row", () -> browser.count("[data-shard]") == 1);
		assertThat(browser.text(row(777) + "[data-field=lag]")).isEqualTo("777 ms");
		browser.script("performance.clearMeasures()");
		this.console.sendOnly(States.change(MANY, 777, 5_000));
		browser.await("the change", () -> browser.text(row(777) + "[data-field=lag]").equals("5.0 s"));
		browser.type(Keys.ESCAPE);
		browser.script("const f = document.querySelector('input[data-filter=text]'); f.value = '';"
				+ "f.dispatchEvent(new Event('input'));");
		browser.await("ten updates",
				() -> ((Number) browser.script("return performance.getEntriesByName('show', 'measure').length"))
					.intValue() > 5);
		Number longest = (Number) browser
			.script("return Math.max(...performance.getEntriesByName('show', 'measure').map(m => m.duration))");
		browser.note("console, 1,000 shards: longest update " + Math.round(longest.doubleValue()) + " ms");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void theModulesOfThePageWork(Browser browser) throws IOException {
		open(browser, States.bare());
		Map<?, ?> outcome = (Map<?, ?>) browser.module("/page-tests/all.js", "m.run()");
		assertThat((List<?>) outcome.get("failures")).isEmpty();
		assertThat(((Number) outcome.get("passed")).intValue()).isPositive();
	}

	private void open(Browser browser, String state) throws IOException {
		this.console = new ScriptedConsole(state);
		browser.open(this.console.address());
		browser.await("the page is ready", () -> browser.attribute("html", "data-ready").equals("true"));
	}

	private static String row(int number) {
		return "[data-shard='" + States.id(number) + "'] ";
	}

	/**
	 * Press the tab key until an element has the focus.
	 */
	private static void tabTo(Browser browser, String selector) {
		browser.await("the focus comes to " + selector, () -> {
			browser.type(Keys.TAB);
			return Boolean.TRUE.equals(browser.script("return document.activeElement.matches(arguments[0])", selector));
		});
	}

}
