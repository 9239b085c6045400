package io.kinesisspring.boot.autoconfigure.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityResponse;

/**
 * Makes the two requests that get credentials with the asynchronous client.
 */
final class BlockingStsClient implements StsClient {

	private final StsAsyncClient client;

	BlockingStsClient(StsAsyncClient client) {
		this.client = client;
	}

	@Override
	public AssumeRoleResponse assumeRole(AssumeRoleRequest request) {
		return await(this.client.assumeRole(request));
	}

	@Override
	public AssumeRoleWithWebIdentityResponse assumeRoleWithWebIdentity(AssumeRoleWithWebIdentityRequest request) {
		return await(this.client.assumeRoleWithWebIdentity(request));
	}

	private static <T> T await(CompletableFuture<T> response) {
		try {
			return response.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof SdkException cause) {
				throw cause;
			}
			throw ex;
		}
	}

	@Override
	public String serviceName() {
		return this.client.serviceName();
	}

	@Override
	public void close() {
		this.client.close();
	}

}
