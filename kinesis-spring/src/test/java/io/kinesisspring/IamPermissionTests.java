package io.kinesisspring;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IamPermission}.
 */
class IamPermissionTests {

	private static final String ACTION = "kinesis:GetRecords";

	@Test
	void usesTheResourceThatTheServiceNames() {
		assertThat(IamPermission.missing(ACTION, "stream/orders",
				"User: arn:aws:sts::123456789012:assumed-role/shop/i-1 is not authorized to perform: kinesis:GetRecords"
						+ " on resource: arn:aws:kinesis:eu-west-1:210987654321:stream/orders because no"
						+ " identity-based policy allows the kinesis:GetRecords action"))
			.isEqualTo(new IamPermission(ACTION, "arn:aws:kinesis:eu-west-1:210987654321:stream/orders"));
	}

	@Test
	void usesTheKnownArn() {
		String arn = "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/orders";
		assertThat(IamPermission.missing(ACTION, arn, "on resource: arn:aws:kinesis:eu-west-1:1:stream/other"))
			.isEqualTo(new IamPermission(ACTION, arn));
	}

	@Test
	void usesTheAccountOfTheCaller() {
		assertThat(IamPermission.missing(ACTION, "stream/orders",
				"User: arn:aws-us-gov:iam::123456789012:user/me is not authorized"))
			.isEqualTo(new IamPermission(ACTION, "arn:aws-us-gov:kinesis:*:123456789012:stream/orders"));
		assertThat(IamPermission.missing(ACTION, "stream/orders", null))
			.isEqualTo(new IamPermission(ACTION, "arn:aws:kinesis:*:*:stream/orders"));
	}

	@Test
	void writesAPolicyWithAStatementAResource() {
		assertThat(IamPermission
			.policy(List.of(new IamPermission("kinesis:PutRecords", "b"), new IamPermission("kinesis:ListShards", "b"),
					new IamPermission("dynamodb:Scan", "a"), new IamPermission("dynamodb:Scan", "a"))))
			.isEqualTo("""
					{
					  "Version": "2012-10-17",
					  "Statement": [
					    {
					      "Effect": "Allow",
					      "Action": ["dynamodb:Scan"],
					      "Resource": "a"
					    },
					    {
					      "Effect": "Allow",
					      "Action": ["kinesis:ListShards", "kinesis:PutRecords"],
					      "Resource": "b"
					    }
					  ]
					}""");
	}

}
