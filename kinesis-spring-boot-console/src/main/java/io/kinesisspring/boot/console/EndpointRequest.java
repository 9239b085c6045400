package io.kinesisspring.boot.console;

import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/**
 * A request to the console as if it went to the endpoint. What is already known about the
 * path of the original is hidden.
 */
final class EndpointRequest extends HttpServletRequestWrapper {

	private static final String PATHS = "org.springframework.web.";

	private final Map<String, Object> attributes = new HashMap<>();

	private final String method;

	private final String path;

	/**
	 * Create a view.
	 * @param path the path behind that of the context and the servlet
	 */
	EndpointRequest(HttpServletRequest request, String method, String path) {
		super(request);
		this.method = method;
		this.path = path;
	}

	private boolean isServletWithPath() {
		return getHttpServletMapping().getMappingMatch() == MappingMatch.PATH;
	}

	@Override
	public String getMethod() {
		return this.method;
	}

	@Override
	public String getRequestURI() {
		return getContextPath() + (isServletWithPath() ? super.getServletPath() : "") + this.path;
	}

	@Override
	public StringBuffer getRequestURL() {
		return new StringBuffer(getScheme()).append("://")
			.append(getServerName())
			.append(':')
			.append(getServerPort())
			.append(getRequestURI());
	}

	@Override
	public String getServletPath() {
		return isServletWithPath() ? super.getServletPath() : this.path;
	}

	@Override
	public @Nullable String getPathInfo() {
		return isServletWithPath() ? this.path : null;
	}

	@Override
	public @Nullable String getQueryString() {
		return null;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return name.startsWith(PATHS) ? this.attributes.get(name)
				: this.attributes.getOrDefault(name, super.getAttribute(name));
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		Set<String> names = new TreeSet<>(Collections.list(super.getAttributeNames()));
		names.removeIf((name) -> name.startsWith(PATHS));
		names.addAll(this.attributes.keySet());
		return Collections.enumeration(names);
	}

	@Override
	public void setAttribute(String name, Object value) {
		this.attributes.put(name, value);
	}

	@Override
	public void removeAttribute(String name) {
		this.attributes.remove(name);
	}

}
