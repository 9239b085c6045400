package io.kinesisspring.protobuf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;

/**
 * The full names of all messages of a schema, sorted. The place of a name is the index
 * that AWS's library writes in front of a message. Groups and the entries of maps are
 * messages, too.
 */
final class MessageNames {

	private static final Pattern TOKEN = Pattern.compile("//[^\\n]*+|/\\*.*?(?:\\*/|\\z)"
			+ "|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'" + "|[A-Za-z_][\\w.]*+|\\S",
			Pattern.DOTALL);

	/** Words that editions of the language allow in front of a message. */
	private static final Set<String> VISIBILITIES = Set.of("export", "local");

	private final List<String> tokens = new ArrayList<>();

	/**
	 * The names of the types around the current token; empty for what is no type.
	 */
	private final Deque<String> scope = new ArrayDeque<>();

	private final List<String> names = new ArrayList<>();

	private String packageName = "";

	private MessageNames(String text) {
		Matcher matcher = TOKEN.matcher(text);
		while (matcher.find()) {
			String token = matcher.group();
			if (!token.startsWith("//") && !token.startsWith("/*")) {
				this.tokens.add(token);
			}
		}
	}

	/**
	 * Return the names in a file.
	 */
	static List<String> of(FileDescriptor file) {
		List<String> names = new ArrayList<>();
		file.getMessageTypes().forEach((message) -> collect(message, names));
		return names.stream().sorted().toList();
	}

	private static void collect(Descriptor message, List<String> names) {
		names.add(message.getFullName());
		message.getNestedTypes().forEach((nested) -> collect(nested, names));
	}

	/**
	 * Return the names in a schema. Nothing else of it is looked at, so that any text is
	 * accepted.
	 */
	static List<String> of(String text) {
		MessageNames messages = new MessageNames(text);
		messages.read();
		String prefix = messages.packageName.isEmpty() ? "" : messages.packageName + ".";
		return messages.names.stream().map((name) -> prefix + name).sorted().toList();
	}

	private void read() {
		boolean starts = true;
		String opened = "";
		for (int i = 0; i < this.tokens.size(); i++) {
			String token = this.tokens.get(i);
			boolean begins = starts;
			starts = token.equals(";") || token.equals("{") || token.equals("}")
					|| (begins && VISIBILITIES.contains(token));
			switch (token) {
				case "package" -> {
					this.packageName = begins ? token(i + 1) : this.packageName;
				}
				case "message" -> {
					opened = (begins && token(i + 2).equals("{")) ? token(i + 1) : opened;
				}
				case "group" -> {
					opened = token(i + 2).equals("=") ? token(i + 1) : opened;
				}
				case "map" -> addEntry(begins && token(i + 1).equals("<"), i);
				case "{" -> {
					open(opened);
					opened = "";
				}
				case "}" -> this.scope.pollLast();
				default -> {
				}
			}
		}
	}

	private void open(String name) {
		this.scope.addLast(name);
		if (!name.isEmpty()) {
			this.names.add(path());
		}
	}

	/**
	 * A map is a repeated message, which is named after its field.
	 */
	private void addEntry(boolean isMap, int start) {
		int end = start;
		while (isMap && end < this.tokens.size() && !token(end).equals(">")) {
			end++;
		}
		if (isMap && token(end + 2).equals("=")) {
			this.names.add(path() + "." + camelCase(token(end + 1)) + "Entry");
		}
	}

	private static String camelCase(String field) {
		StringBuilder name = new StringBuilder();
		boolean upper = true;
		for (char letter : field.toCharArray()) {
			if (letter != '_') {
				name.append((upper && letter >= 'a' && letter <= 'z') ? (char) (letter - 'a' + 'A') : letter);
			}
			upper = letter == '_';
		}
		return name.toString();
	}

	private String path() {
		return String.join(".", this.scope.stream().filter((name) -> !name.isEmpty()).toList());
	}

	private String token(int index) {
		return (index < this.tokens.size()) ? this.tokens.get(index) : "";
	}

}
