package io.kinesisspring.boot.autoconfigure.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on loopback that records what it is asked for. It tunnels to servers of this
 * machine only, by the names that a test gives them, and refuses all others.
 */
final class RecordingProxy implements AutoCloseable {

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final Map<String, URI> names;

	RecordingProxy(Map<String, URI> names) throws IOException {
		this.names = names;
		run(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * The first lines of the requests, each with its authorization.
	 */
	List<String> requests() {
		return this.requests;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			this.sockets.add(client);
			run(() -> serve(client));
		}
	}

	private void serve(Socket client) throws IOException {
		String head = readHead(client.getInputStream());
		String first = head.substring(0, head.indexOf('\r'));
		String authorization = head.lines()
			.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith("proxy-authorization:"))
			.map((line) -> line.substring(line.indexOf(':') + 1).trim())
			.findFirst()
			.orElse("nobody");
		this.requests.add(first + " by " + authorization);
		URI target = this.names.get(first.split(" ")[1]);
		OutputStream answer = client.getOutputStream();
		if (target == null || !first.startsWith("CONNECT ")) {
			answer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
				.getBytes(StandardCharsets.US_ASCII));
			client.close();
			return;
		}
		Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
		this.sockets.add(upstream);
		answer.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		run(() -> upstream.getInputStream().transferTo(answer));
		client.getInputStream().transferTo(upstream.getOutputStream());
	}

	private static String readHead(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				break;
			}
			head.append((char) next);
		}
		return head.toString();
	}

	private static void run(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// The test is over, or the client went away
			}
		}, "recording-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	@FunctionalInterface
	private interface Work {

		void run() throws IOException;

	}

}
