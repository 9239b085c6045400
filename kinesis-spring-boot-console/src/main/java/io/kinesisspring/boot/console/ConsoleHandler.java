package io.kinesisspring.boot.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

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

/**
 * Serves the console in a servlet container.
 */
final class ConsoleHandler implements HttpRequestHandler {

	private static final String INDEX = "index.html";

	private final ConsoleFiles files;

	ConsoleHandler(ConsoleFiles files) {
		this.files = files;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern
				&& !pattern.endsWith("/**")) {
			response.sendRedirect(request.getRequestURI() + "/");
			return;
		}
		String path = String.valueOf(request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE));
		Resource file = this.files.find(path.isEmpty() ? INDEX : path);
		if (file == null) {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
			return;
		}
		byte[] content = file.getContentAsByteArray();
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
		if (new ServletWebRequest(request, response).checkNotModified(DigestUtils.md5DigestAsHex(content))) {
			return;
		}
		response
			.setContentType(MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM).toString());
		response.setCharacterEncoding(StandardCharsets.UTF_8.name());
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

}
