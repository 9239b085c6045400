package io.kinesisspring.boot.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may use the console: whoever may use the endpoint.
 */
interface ConsoleAccess {

	/** For applications without Spring Security. */
	ConsoleAccess OPEN = new ConsoleAccess() {
	};

	/**
	 * Return whether the sender of a request could call the endpoint with it.
	 * @param request a request to the console
	 * @param method the method of the call
	 * @param path the path of the call
	 */
	default boolean isAllowed(HttpServletRequest request, String method, String path) {
		return true;
	}

	/**
	 * Refuse a request in a way that makes the application ask for a login if nobody is
	 * logged in. Returns if the caller should refuse it.
	 */
	default void refuse() {
	}

	/**
	 * Return what requests that change something must have, besides the console's own
	 * token.
	 * @return name and value of a header; {@code null} if they need nothing
	 */
	default @Nullable Header csrf(HttpServletRequest request) {
		return null;
	}

	/**
	 * A header.
	 *
	 * @param name its name
	 * @param value its value
	 */
	record Header(String name, String value) {

	}

}
