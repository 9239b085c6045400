package io.kinesisspring.embedded.testing.browser;

import java.nio.file.Path;
import java.util.logging.Level;

import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.chromium.ChromiumDriverLogLevel;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Starts a browser without a screen and without a network other than loopback, and with a
 * profile of its own.
 */
final class ChromeStart {

	private ChromeStart() {
	}

	static ChromeDriver start(InstalledBrowser installed, Path profile) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(installed.browser().toFile());
		options.addArguments("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
				"--disable-extensions", "--disable-sync", "--disable-component-update", "--disable-default-apps",
				"--disable-background-networking", "--disable-domain-reliability", "--mute-audio", "--hide-scrollbars",
				"--force-color-profile=srgb", "--lang=en-US", "--no-proxy-server",
				"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
				"--user-data-dir=" + profile);
		if ("root".equals(System.getProperty("user.name"))) {
			options.addArguments("--no-sandbox");
		}
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		ChromeDriverService service = new ChromeDriverService.Builder()
			.usingDriverExecutable(installed.driver().toFile())
			.usingAnyFreePort()
			.withLogLevel(ChromiumDriverLogLevel.WARNING)
			.withLogFile(profile.resolveSibling("chromedriver.log").toFile())
			.build();
		return new ChromeDriver(service, options);
	}

}
