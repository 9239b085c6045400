package io.kinesisspring.embedded.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link DataDirectory}, {@link StreamDirectory} and {@link StateFile}.
 */
class DataDirectoryTests {

	private static final RecordCodec CODEC = new RecordCodec();

	@TempDir
	private Path temporary;

	@Test
	void oneServerUsesADirectoryAtATime() {
		Path path = this.temporary.resolve("a/b");
		try (DataDirectory directory = DataDirectory.open(path)) {
			assertThat(directory.account()).isNotNull();
			assertThatIllegalStateException().isThrownBy(() -> DataDirectory.open(path))
				.withMessageContaining("'" + path + "' is in use by another server");
		}
		DataDirectory.open(path).close();
	}

	@Test
	void anotherFormatIsRejected() throws IOException {
		DataDirectory.open(this.temporary).close();
		Files.writeString(this.temporary.resolve("format"), "kinesis-embedded 2");
		assertThatIllegalStateException().isThrownBy(() -> DataDirectory.open(this.temporary))
			.withMessageContaining("has the format 'kinesis-embedded 2'")
			.withMessageContaining("Use the version that wrote it");
		Files.writeString(this.temporary.resolve("format"), "kinesis-embedded 1");
		DataDirectory.open(this.temporary).close();
	}

	@Test
	void aDirectoryOfOtherFilesIsLeftAlone() throws IOException {
		Files.writeString(this.temporary.resolve("thesis.txt"), "");
		assertThatIllegalStateException().isThrownBy(() -> DataDirectory.open(this.temporary))
			.withMessageContaining("contains other files");
		assertThatIllegalStateException().isThrownBy(() -> DataDirectory.open(this.temporary.resolve("thesis.txt")))
			.withMessageContaining("is not a directory");
		assertThatIllegalStateException()
			.isThrownBy(() -> DataDirectory.open(this.temporary.resolve("thesis.txt/streams")))
			.withMessageContaining("Give another directory");
	}

	@Test
	void aStreamCountsOnceItsStateIsWritten() throws IOException {
		try (DataDirectory directory = DataDirectory.open(this.temporary)) {
			assertThat(directory.streams()).isEmpty();
			directory.createStream("unfinished");
			directory.createStream("orders").state().write(new State("orders"), CODEC);
			directory.createStream("Orders").state().write(new State("Orders"), CODEC);
			directory.createStream("..").state().write(new State(".."), CODEC);
		}
		try (DataDirectory directory = DataDirectory.open(this.temporary)) {
			assertThat(names(directory)).containsExactly("orders", "Orders", "..");
			directory.streams().get(0).delete();
			directory.createStream("orders").state().write(new State("orders again"), CODEC);
		}
		try (DataDirectory directory = DataDirectory.open(this.temporary)) {
			assertThat(names(directory)).containsExactly("Orders", "..", "orders again");
			assertThat(this.temporary.resolve("streams")).isDirectoryNotContaining("glob:**unfinished");
		}
	}

	private static List<String> names(DataDirectory directory) throws IOException {
		return directory.streams().stream().map((stream) -> {
			try {
				return stream.state().read(State.class, CODEC).orElseThrow().name();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}).toList();
	}

	@Test
	void otherShardsAreDeleted() throws IOException {
		try (DataDirectory directory = DataDirectory.open(this.temporary)) {
			StreamDirectory stream = directory.createStream("orders");
			stream.state().write(new State("orders"), CODEC);
			for (String shard : List.of("shardId-1", "shardId-2")) {
				stream.shard(shard).append(1, 0, 0, "key", new byte[1]);
			}
			stream.retainShards(Set.of("shardId-2"));
			assertThat(stream.shard("shardId-1").load((index, arrivedAt, key, data) -> {
			}).next()).isEqualTo(1);
			assertThat(stream.shard("shardId-2").load((index, arrivedAt, key, data) -> {
			}).next()).isEqualTo(2);
			assertThat(stream.state().exists()).isTrue();
		}
	}

	@Test
	void aDamagedStateIsNamed() throws IOException {
		Path file = this.temporary.resolve("state.json");
		new StateFile(file).write(new State("orders"), CODEC);
		byte[] whole = Files.readAllBytes(file);
		for (int i = 0; i < whole.length; i++) {
			byte[] changed = whole.clone();
			changed[i] ^= 1;
			Files.write(file, changed);
			assertThatIllegalStateException().as("byte " + i)
				.isThrownBy(() -> new StateFile(file).read(State.class, CODEC))
				.withMessageContaining("'" + file + "' is damaged");
		}
		Files.write(file, new byte[0]);
		assertThatIllegalStateException().isThrownBy(() -> new StateFile(file).read(State.class, CODEC));
	}

	@Test
	void aStateOfANewerVersionIsNamed() throws IOException {
		Path file = this.temporary.resolve("state.json");
		new StateFile(file).write(new NewerState("orders", "blue"), CODEC);
		assertThatIllegalStateException().isThrownBy(() -> new StateFile(file).read(State.class, CODEC))
			.withMessageContaining("'" + file + "'")
			.withMessageContaining("'colour', which this version does not know");
	}

	@Test
	void aStateThatCannotBeWrittenLeavesTheFormerOne() throws IOException {
		Path file = this.temporary.resolve("state.json");
		StateFile state = new StateFile(file);
		state.write(new State("orders"), CODEC);
		Files.createDirectories(this.temporary.resolve("state.json.new/in-the-way"));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> state.write(new State("other"), CODEC));
		assertThat(new StateFile(file).read(State.class, CODEC)).hasValue(new State("orders"));
		Files.delete(this.temporary.resolve("state.json.new/in-the-way"));
		Files.delete(this.temporary.resolve("state.json.new"));
		state.write(new State("other"), CODEC);
		assertThat(new StateFile(file).read(State.class, CODEC)).hasValue(new State("other"));
	}

	private record State(String name) {
	}

	private record NewerState(String name, String colour) {
	}

}
