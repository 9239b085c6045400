package io.kinesisspring.embedded.testing.browser;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts the browser of a test class when its first test wants it, and keeps a picture of
 * the page when a test fails.
 */
class BrowserExtension implements ExecutionCondition, ParameterResolver, AfterEachCallback {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
		.create(BrowserExtension.class);

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return InstalledBrowser.find()
			.map((installed) -> ConditionEvaluationResult.enabled(installed.toString()))
			.orElseGet(() -> ConditionEvaluationResult.disabled(InstalledBrowser.NONE));
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == Browser.class;
	}

	@Override
	public Browser resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Browser browser = ofClass(context).computeIfAbsent(Browser.class,
				(key) -> Browser.start(InstalledBrowser.find().orElseThrow()), Browser.class);
		browser.startOver();
		return browser;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		Browser browser = ofClass(context).get(Browser.class, Browser.class);
		if (browser != null && context.getExecutionException().isPresent()) {
			browser.keepEvidence(
					context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName());
		}
	}

	private static ExtensionContext.Store ofClass(ExtensionContext context) {
		ExtensionContext ofClass = context;
		while (ofClass.getTestMethod().isPresent()) {
			ofClass = ofClass.getParent().orElseThrow();
		}
		return ofClass.getStore(NAMESPACE);
	}

}
