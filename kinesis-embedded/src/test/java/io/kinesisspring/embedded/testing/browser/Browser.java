package io.kinesisspring.embedded.testing.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.logging.Level;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * A page in a real browser, as its user sees it. Whatever is looked for is waited for, so
 * that tests are as fast as the machine and no faster. Elements are named by CSS
 * selectors.
 */
public final class Browser implements AutoCloseable {

	/**
	 * How long a test waits for what it looks for, on a machine that is busy.
	 */
	public static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Path OUTPUT = Path.of("target", "browser");

	private final ChromeDriver driver;

	private final BrowserProfile profile;

	private final Requests requests = new Requests();

	private final List<String> errors = new ArrayList<>();

	private Browser(ChromeDriver driver, BrowserProfile profile) {
		this.driver = driver;
		this.profile = profile;
		this.driver.manage()
			.timeouts()
			.scriptTimeout(PATIENCE.multipliedBy(2))
			.pageLoadTimeout(PATIENCE.multipliedBy(2));
	}

	static Browser start(InstalledBrowser installed) {
		BrowserProfile profile = BrowserProfile.create(OUTPUT.toAbsolutePath());
		return new Browser(ChromeStart.start(installed, profile.folder()), profile);
	}

	void startOver() {
		this.driver.get("about:blank");
		command("Network.clearBrowserCookies", Map.of());
		look(Look.DEFAULT);
		readLogs();
		this.errors.clear();
		this.requests.clear();
	}

	/**
	 * Open a page and wait until it has loaded.
	 * @param page the address
	 */
	public void open(URI page) {
		this.driver.get(page.toString());
	}

	/**
	 * Look at the page in another way.
	 * @param look color scheme and width
	 */
	public void look(Look look) {
		command("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", look.scheme().value()),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
		command("Emulation.setDeviceMetricsOverride", Map.of("width", look.width(), "height",
				(look.width() < 600) ? 800 : 1000, "deviceScaleFactor", 1, "mobile", false));
	}

	/**
	 * Return the address of the page.
	 * @return the address
	 */
	public URI address() {
		return URI.create(this.driver.getCurrentUrl());
	}

	/**
	 * Wait until a condition holds.
	 * @param description what is waited for
	 * @param condition the condition
	 */
	public void await(String description, Callable<Boolean> condition) {
		patiently(description).until(condition);
	}

	/**
	 * Wait for longer than usual until a condition holds.
	 * @param description what is waited for
	 * @param patience how long to wait, on a machine that is busy
	 * @param condition the condition
	 */
	public void await(String description, Duration patience, Callable<Boolean> condition) {
		patiently(description).atMost(patience).until(condition);
	}

	/**
	 * Wait until an element is there and can be seen.
	 * @param selector the element
	 */
	public void awaitVisible(String selector) {
		await(selector + " is visible", () -> isVisible(selector));
	}

	/**
	 * Wait until no such element can be seen.
	 * @param selector the element
	 */
	public void awaitGone(String selector) {
		await(selector + " is gone", () -> !isVisible(selector));
	}

	/**
	 * Return whether one such element can be seen.
	 * @param selector the element
	 * @return whether it can be seen
	 */
	public boolean isVisible(String selector) {
		return Boolean.TRUE.equals(script(
				"return [...document.querySelectorAll(arguments[0])]"
						+ ".some(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0)",
				selector));
	}

	/**
	 * Return how many such elements the document has.
	 * @param selector the elements
	 * @return their number
	 */
	public int count(String selector) {
		return ((Number) Objects
			.requireNonNull(script("return document.querySelectorAll(arguments[0]).length", selector))).intValue();
	}

	/**
	 * Return the text of the first such element.
	 * @param selector the element
	 * @return the text, or an empty text if there is no such element
	 */
	public String text(String selector) {
		return (String) Objects
			.requireNonNull(script("return document.querySelector(arguments[0])?.textContent?.trim() ?? ''", selector));
	}

	/**
	 * Return the texts of all such elements.
	 * @param selector the elements
	 * @return the texts
	 */
	@SuppressWarnings("unchecked")
	public List<String> texts(String selector) {
		return (List<String>) Objects.requireNonNull(
				script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())", selector));
	}

	/**
	 * Return an attribute of the first such element.
	 * @param selector the element
	 * @param name the attribute
	 * @return the value, or an empty text if there is none
	 */
	public String attribute(String selector, String name) {
		return (String) Objects.requireNonNull(script(
				"return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''", selector, name));
	}

	/**
	 * Click an element as the user does, as soon as it is visible, enabled and not
	 * covered.
	 * @param selector the element
	 */
	public void click(String selector) {
		patiently("click " + selector).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
			WebElement element = this.driver.findElement(By.cssSelector(selector));
			boolean enabled = element.isEnabled();
			if (enabled) {
				element.click();
			}
			return enabled;
		});
	}

	/**
	 * Choose an option of a list.
	 * @param selector the {@code select} element
	 * @param value the option's value
	 */
	public void choose(String selector, String value) {
		click(selector + " option[value='" + value + "']");
	}

	/**
	 * Type on the keyboard, to whatever has the focus.
	 * @param keys the keys
	 */
	public void type(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	/**
	 * Run a script in the page.
	 * @param script the body of a function
	 * @param arguments its arguments
	 * @return what it returns
	 */
	public Object script(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/**
	 * Evaluate an expression about one of the page's ES modules.
	 * @param module the module's address, relative to the page
	 * @param expression an expression in which {@code m} is the module
	 * @return its value
	 */
	public Object module(String module, String expression) {
		Object result = this.driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
				+ "import(new URL(arguments[0], location.href).href).then(m => (" + expression + "))"
				+ ".then(value => done({value}), error => done({error: String(error)}));", module);
		Map<?, ?> outcome = (Map<?, ?>) Objects.requireNonNull(result);
		if (outcome.containsKey("error")) {
			throw new IllegalStateException(expression + " of " + module + ": " + outcome.get("error"));
		}
		return outcome.get("value");
	}

	/**
	 * Return what the browser has complained about since the test began: errors of
	 * scripts, failed requests, violations of the Content-Security-Policy.
	 * @return the messages
	 */
	public List<String> errors() {
		readLogs();
		return List.copyOf(this.errors);
	}

	/**
	 * Return what the browser has asked for since the test began.
	 * @return the addresses
	 */
	public List<URI> requests() {
		readLogs();
		return this.requests.addresses();
	}

	/**
	 * Return how long after the navigation the page showed something.
	 * @return the first contentful paint
	 */
	public Duration firstPaint() {
		String script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1";
		await("the page has been painted", () -> ((Number) script(script)).doubleValue() >= 0);
		return Duration.ofNanos((long) (((Number) script(script)).doubleValue() * 1_000_000));
	}

	/**
	 * Check the page with axe.
	 * @return what is serious or critical, one text for each rule
	 */
	public List<String> inaccessible() {
		return Axe.check(this.driver);
	}

	/**
	 * Keep a picture of the whole page as {@code target/browser/NAME.png}.
	 * @param name the name of the file
	 * @return the file
	 */
	public Path screenshot(String name) {
		Map<String, Object> answer = command("Page.captureScreenshot",
				Map.of("format", "png", "captureBeyondViewport", false));
		return write(name + ".png", Base64.getDecoder().decode((String) answer.get("data")));
	}

	/**
	 * Note a figure in {@code target/browser/figures.txt}.
	 * @param figure what was measured, and how much it was
	 */
	public void note(String figure) {
		try {
			Files.createDirectories(OUTPUT);
			Files.writeString(OUTPUT.resolve("figures.txt"), figure + System.lineSeparator(), StandardCharsets.UTF_8,
					StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void keepEvidence(String name) {
		try {
			screenshot(name);
			write(name + ".html", Objects.requireNonNull(this.driver.getPageSource()).getBytes(StandardCharsets.UTF_8));
			write(name + ".log", String.join("\n", errors()).getBytes(StandardCharsets.UTF_8));
		}
		catch (WebDriverException ex) {
			note("No picture of " + name + ": " + ex.getMessage());
		}
	}

	private Map<String, Object> command(String command, Map<String, Object> parameters) {
		return this.driver.executeCdpCommand(command, parameters);
	}

	private void readLogs() {
		for (LogEntry entry : this.driver.manage().logs().get(LogType.BROWSER)) {
			if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
				this.errors.add(entry.getMessage());
			}
		}
		this.driver.manage().logs().get(LogType.PERFORMANCE).forEach((entry) -> this.requests.add(entry.getMessage()));
	}

	private static ConditionFactory patiently(String description) {
		return Awaitility.await(description)
			.atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(50));
	}

	private static Path write(String name, byte[] content) {
		try {
			Files.createDirectories(OUTPUT);
			return Files.write(OUTPUT.resolve(name), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
		this.profile.delete();
	}

}
