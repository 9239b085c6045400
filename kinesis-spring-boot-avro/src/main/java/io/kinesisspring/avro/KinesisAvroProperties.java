package io.kinesisspring.avro;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of Avro payloads.
 *
 * @param schemas where schemas are found with which payloads were written, besides those
 * of generated classes. Without a registry only. Locations or patterns of resources.
 * Patterns may match nothing
 * @since 0.1.0
 */
@ConfigurationProperties("kinesis.avro")
public record KinesisAvroProperties(@DefaultValue("classpath*:avro/*.avsc") List<String> schemas) {

}
