package io.kinesisspring.embedded.testing.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link Browser}: that it notices what is wrong with a page.
 */
@BrowserTest
class BrowserIntegrationTests {

	private static final String PAGE = """
			<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
			<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css">
			<script type="module" src="page.js"></script></head>
			<body><main><h1>A page</h1><p data-width></p><p data-pressed>0</p><button type="button">Press</button>%s</main>
			</body></html>
			""";

	private static final String STYLE = """
			body { background: white; color: black } .pale { color: #ddd }
			@media (prefers-color-scheme: dark) { body { background: black; color: white } }
			""";

	private static final String MODULE = """
			export const twice = (number) => 2 * number;
			document.querySelector('[data-width]').textContent = innerWidth;
			let pressed = 0;
			document.querySelector('button').onclick = () => {
				document.querySelector('[data-pressed]').textContent = ++pressed;
			};
			""";

	private static HttpServer server;

	@BeforeAll
	static void serve() throws IOException {
		server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		serve("/good", "text/html", PAGE.formatted(""));
		serve("/page.css", "text/css", STYLE);
		serve("/page.js", "text/javascript", MODULE);
		serve("/inline", "text/html", PAGE.formatted("<script>document.title = 'changed'</script>"));
		serve("/throws", "text/html", PAGE.formatted("<script type=module src=throws.js></script>"));
		serve("/throws.js", "text/javascript", "throw new Error('on purpose')");
		serve("/foreign", "text/html", PAGE.formatted("<a href='https://example.com/'>there</a>"));
		serve("/foreign.js", "text/javascript", "");
		serve("/pale", "text/html", PAGE.formatted("<p class=pale>Hardly to be read</p><input>"));
		server.start();
	}

	@AfterAll
	static void stop() {
		server.stop(0);
	}

	@Test
	void aGoodPageGivesNoCauseForComplaint(Browser browser) {
		browser.open(address("good"));
		browser.awaitVisible("h1");
		assertThat(browser.errors()).isEmpty();
		assertThat(browser.requests()).containsExactlyInAnyOrder(address("good"), address("page.css"),
				address("page.js"));
		assertThat(browser.firstPaint()).isPositive();
	}

	@Test
	void violationsOfThePolicyAreErrors(Browser browser) {
		browser.open(address("inline"));
		assertThat(browser.errors()).singleElement().asString().contains("Content Security Policy");
	}

	@Test
	void exceptionsAndMissingFilesAreErrors(Browser browser) {
		browser.open(address("throws"));
		browser.await("the exception", () -> browser.errors().stream().anyMatch((it) -> it.contains("on purpose")));
		browser.open(address("missing"));
		assertThat(browser.errors()).anyMatch((error) -> error.contains("404"));
	}

	@Test
	void otherHostsAreUnreachableButNoted(Browser browser) {
		browser.open(address("foreign"));
		browser.script("location.href = 'https://example.com/'");
		browser.await("the request", () -> browser.requests().contains(URI.create("https://example.com/")));
		browser.await("the failure", () -> browser.text("body").contains("ERR_NAME_NOT_RESOLVED")
				|| browser.text("body").contains("can’t be reached"));
	}

	@Test
	void aLookHasAWidthAndAColorScheme(Browser browser) {
		browser.look(new Look(Look.Scheme.DARK, 380));
		browser.open(address("good"));
		browser.await("the width", () -> browser.text("[data-width]").equals("380"));
		assertThat(browser.script("return getComputedStyle(document.body).backgroundColor")).isEqualTo("rgb(0, 0, 0)");
		browser.look(Look.DEFAULT);
		assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
			.isEqualTo("rgb(255, 255, 255)");
	}

	@Test
	void clicksAndKeysArriveAndModulesCanBeAsked(Browser browser) {
		browser.open(address("good"));
		browser.await("the module", () -> !browser.text("[data-width]").isEmpty());
		browser.click("button");
		browser.type(Keys.ENTER);
		browser.await("two presses", () -> browser.text("[data-pressed]").equals("2"));
		assertThat(browser.module("page.js", "m.twice(21)")).isEqualTo(42L);
		assertThatThrownBy(() -> browser.module("page.js", "m.thrice(21)")).hasMessageContaining("thrice");
	}

	@Test
	@EnabledIfIndependentServers
	void inaccessibleThingsAreFound(Browser browser) {
		browser.open(address("good"));
		assertThat(browser.inaccessible()).isEmpty();
		browser.open(address("pale"));
		assertThat(browser.inaccessible()).hasSize(2)
			.anyMatch((it) -> it.contains("color-contrast"))
			.anyMatch((it) -> it.contains("label"));
	}

	@Test
	void aPictureIsKept(Browser browser) throws IOException {
		browser.open(address("good"));
		Path file = browser.screenshot("BrowserIntegrationTests");
		assertThat(Files.size(file)).isPositive();
	}

	private static URI address(String page) {
		return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + page);
	}

	private static void serve(String path, String type, String content) {
		server.createContext(path, (exchange) -> {
			byte[] body = content.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().add("Content-Type", type);
			exchange.getResponseHeaders()
				.add("Content-Security-Policy",
						"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:");
			exchange.sendResponseHeaders(200, (body.length > 0) ? body.length : -1);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
	}

}
