package io.kinesisspring.boot.fleet;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.listener.ListenerShard;
import io.kinesisspring.listener.ShardListener;

/**
 * A process with one listener on several streams. It prints what it hears and gets.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StreamsWorker {

	public static void main(String[] args) {
		new SpringApplicationBuilder(StreamsWorker.class).web(WebApplicationType.NONE).run(args);
	}

	private static void print(String what, Object shard, String more) {
		System.out.println(what + " " + shard + " " + more);
	}

	@Bean
	Records records() {
		return new Records();
	}

	@Bean
	ShardListener shardListener() {
		return new ShardListener() {

			@Override
			public @Nullable Checkpoint onAssigned(ListenerShard shard) {
				print("assigned", shard.stream(), shard.shardId());
				return null;
			}

			@Override
			public void onRevoked(ListenerShard shard) {
				print("revoked", shard.stream(), shard.shardId());
			}

			@Override
			public void onLost(ListenerShard shard) {
				print("lost", shard.stream(), shard.shardId());
			}

		};
	}

	static class Records {

		@KinesisListener(id = "several", streams = "#{'${fleet.streams}'.split(',')}")
		void onRecord(KinesisRecord<String> record) {
			print("received", record.stream(), record.payload());
		}

	}

}
