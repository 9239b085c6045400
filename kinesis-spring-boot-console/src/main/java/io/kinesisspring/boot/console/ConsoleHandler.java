package io.kinesisspring.boot.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.util.DigestUtils;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriUtils;

/**
 * Serves the console in a servlet container. Everything needs the access that the
 * endpoint needs.
 */
final class ConsoleHandler implements HttpRequestHandler {

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	private static final String INDEX = "index.html";

	private static final String TOKEN = "<meta name=\"kinesis-console-token\" content=\"";

	private final ConsoleFiles files;

	private final ConsoleApi api;

	ConsoleHandler(ConsoleFiles files, ConsoleApi api) {
		this.files = files;
		this.api = api;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!this.api.mayRead(request)) {
			this.api.refuse(response);
			return;
		}
		response.setHeader("Content-Security-Policy", POLICY);
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Referrer-Policy", "no-referrer");
		if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern
				&& !pattern.endsWith("/**")) {
			response.setStatus(HttpServletResponse.SC_FOUND);
			response.setHeader(HttpHeaders.LOCATION, pattern.substring(pattern.lastIndexOf('/') + 1) + "/");
			return;
		}
		String path = String.valueOf(request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE));
		List<String> segments = Arrays.stream(path.split("/"))
			.map((segment) -> UriUtils.decode(segment, StandardCharsets.UTF_8))
			.toList();
		if (segments.get(0).equals("api")) {
			response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
			this.api.handle(segments.subList(1, segments.size()), request, response);
		}
		else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
			response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
		}
		else {
			file(path, request, response);
		}
	}

	private void file(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		boolean index = path.isEmpty() || path.equals(INDEX);
		Resource file = this.files.find(index ? INDEX : path);
		if (file == null) {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
			return;
		}
		byte[] content = file.getContentAsByteArray();
		if (index) {
			response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
			content = withTokens(new String(content, StandardCharsets.UTF_8), request).getBytes(StandardCharsets.UTF_8);
		}
		else {
			response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
			if (new ServletWebRequest(request, response).checkNotModified(DigestUtils.md5DigestAsHex(content))) {
				return;
			}
		}
		response
			.setContentType(MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM).toString());
		response.setCharacterEncoding(StandardCharsets.UTF_8.name());
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

	private String withTokens(String page, HttpServletRequest request) {
		String tokens = TOKEN + this.api.token();
		ConsoleAccess.Header csrf = this.api.csrf(request);
		if (csrf != null) {
			tokens = "<meta name=\"_csrf_header\" content=\"" + HtmlUtils.htmlEscape(csrf.name()) + "\">\n"
					+ "<meta name=\"_csrf\" content=\"" + HtmlUtils.htmlEscape(csrf.value()) + "\">\n" + tokens;
		}
		return page.replace(TOKEN, tokens);
	}

}
