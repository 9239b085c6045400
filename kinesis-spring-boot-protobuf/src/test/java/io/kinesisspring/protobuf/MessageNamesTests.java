package io.kinesisspring.protobuf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import com.amazonaws.services.schemaregistry.serializers.protobuf.MessageIndexFinder;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.StructProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MessageNames} with files of Protocol Buffers itself, and AWS's library
 * on the other side.
 */
class MessageNamesTests {

	@ParameterizedTest
	@MethodSource("files")
	void findsInTheTextWhatTheCompilerFinds(FileDescriptor file) throws IOException {
		String text = new ClassPathResource(file.getName()).getContentAsString(StandardCharsets.UTF_8);
		assertThat(MessageNames.of(text)).isNotEmpty().isEqualTo(MessageNames.of(file));
	}

	@ParameterizedTest
	@MethodSource("files")
	void numbersMessagesAsTheLibraryDoes(FileDescriptor file) {
		new MessageIndexFinder().getAll(file)
			.forEach((message, index) -> assertThat(MessageNames.of(file).get(index)).isEqualTo(message.getFullName()));
	}

	static Stream<FileDescriptor> files() {
		return Stream.of(DescriptorProtos.getDescriptor(), StructProto.getDescriptor(), ApiProto.getDescriptor(),
				TypeProto.getDescriptor(), WrappersProto.getDescriptor());
	}

	@Test
	void namesMapsGroupsAndMessagesInMessages() throws Exception {
		String text = """
				syntax = "proto2"; // message No {}
				/* message Neither { */
				package com.example;
				option (meta) = { text: "message Quoted { \\" }" };
				message Zebra {
				  map<string, .com.example.Item.Part> tags_by_key2_x = 1;
				  optional string message = 2 [default = '} message Single {'];
				  oneof choice { string package = 3; int32 map = 4; }
				  enum Kind { NONE = 0; }
				  repeated group Result = 5 { optional string url = 1; }
				}
				message Item { message Part { message Inner {} } }
				extend Zebra { optional group Added = 100 { } }
				service Shop { rpc Buy (Item) returns (Item.Part) {} }
				""";
		assertThat(MessageNames.of(text)).containsExactly("com.example.Added", "com.example.Item",
				"com.example.Item.Part", "com.example.Item.Part.Inner", "com.example.Zebra", "com.example.Zebra.Result",
				"com.example.Zebra.TagsByKey2XEntry");
	}

	@Test
	void acceptsAnyText() {
		assertThat(MessageNames.of("")).isEmpty();
		assertThat(MessageNames.of("message A { message B {")).containsExactly("A", "A.B");
		assertThat(MessageNames.of("} } message A {} /* message B {}")).containsExactly("A");
		assertThat(MessageNames.of("message")).isEmpty();
		assertThat(MessageNames.of("message A { map<string")).containsExactly("A");
		assertThat(MessageNames.of("\"" + "\\\\".repeat(100_000) + "\"; message A {}")).containsExactly("A");
		assertThat(MessageNames.of("/*" + "x".repeat(1_000_000))).isEmpty();
	}

	@Test
	void namesEntriesOfMapsAsTheCompilerDoes() throws Exception {
		Map<String, String> entries = Map.of("tags", "TagsEntry", "tags_by_key", "TagsByKeyEntry", "TAGS", "TAGSEntry",
				"a__b", "ABEntry", "x1_2y", "X12yEntry");
		entries.forEach(
				(field, entry) -> assertThat(MessageNames.of("message M { map<string, string> " + field + " = 1; }"))
					.containsExactly("M", "M." + entry));
		DescriptorProto message = DescriptorProto.newBuilder()
			.setName("M")
			.addField(FieldDescriptorProto.newBuilder()
				.setName("tags")
				.setNumber(1)
				.setLabel(Label.LABEL_REPEATED)
				.setType(Type.TYPE_MESSAGE)
				.setTypeName(".M.TagsEntry"))
			.addNestedType(DescriptorProto.newBuilder().setName("TagsEntry"))
			.build();
		FileDescriptor file = FileDescriptor.buildFrom(
				DescriptorProtos.FileDescriptorProto.newBuilder().setName("m.proto").addMessageType(message).build(),
				new FileDescriptor[0]);
		assertThat(MessageNames.of(file)).isEqualTo(Arrays.asList("M", "M.TagsEntry"));
	}

}
