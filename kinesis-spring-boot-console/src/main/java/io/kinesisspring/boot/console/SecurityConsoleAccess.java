package io.kinesisspring.boot.console;

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfToken;

/**
 * Asks Spring Security's rules about the request that would go to the endpoint. They are
 * asked with that request, and not by its path alone, because rules may depend on the
 * port, the address or the application context of a request.
 */
final class SecurityConsoleAccess implements ConsoleAccess {

	private final List<SecurityFilterChain> chains;

	/**
	 * Use the rules of an application.
	 * @param chains its filter chains in their order
	 */
	SecurityConsoleAccess(List<SecurityFilterChain> chains) {
		this.chains = chains;
	}

	@Override
	public boolean isAllowed(HttpServletRequest request, String method, String path) {
		HttpServletRequest call = new EndpointRequest(request, method, path);
		for (SecurityFilterChain chain : this.chains) {
			if (chain.matches(call)) {
				return isAllowed(chain, call);
			}
		}
		return true;
	}

	private static boolean isAllowed(SecurityFilterChain chain, HttpServletRequest call) {
		return chain.getFilters()
			.stream()
			.filter(AuthorizationFilter.class::isInstance)
			.map(AuthorizationFilter.class::cast)
			.allMatch((filter) -> isGranted(
					filter.getAuthorizationManager().authorize(SecurityConsoleAccess::authentication, call)));
	}

	private static boolean isGranted(@Nullable AuthorizationResult result) {
		return result == null || result.isGranted();
	}

	private static @Nullable Authentication authentication() {
		return SecurityContextHolder.getContext().getAuthentication();
	}

	@Override
	public void refuse() {
		if (authentication() != null) {
			throw new AccessDeniedException("The endpoint 'kinesis' may not be used");
		}
	}

	@Override
	public @Nullable Header csrf(HttpServletRequest request) {
		return (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
				? new Header(token.getHeaderName(), token.getToken()) : null;
	}

}
