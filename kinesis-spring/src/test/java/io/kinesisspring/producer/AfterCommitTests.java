package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link AfterCommit}, in the transactions of a database: what it keeps and what
 * is sent has to be the same.
 */
@Timeout(180)
class AfterCommitTests {

	private final SendTestSupport test = new SendTestSupport();

	private final JdbcDataSource database = new JdbcDataSource();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database);

	private final PlatformTransactionManager manager = new JdbcTransactionManager(this.database);

	private final TransactionTemplate transaction = new TransactionTemplate(this.manager);

	private final TransactionTemplate nested = template(TransactionDefinition.PROPAGATION_NESTED);

	private final TransactionTemplate other = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

	AfterCommitTests() {
		this.database.setURL("jdbc:h2:mem:after-commit;DB_CLOSE_DELAY=-1");
		this.jdbc.execute("create table stored (name varchar(20))");
	}

	private TransactionTemplate template(int propagation) {
		TransactionTemplate template = new TransactionTemplate(this.manager);
		template.setPropagationBehavior(propagation);
		return template;
	}

	@AfterEach
	void dropDatabase() {
		this.jdbc.execute("shutdown");
	}

	@Test
	void aRecordOfANestedTransactionThatRolledBackIsNotSent() {
		List<CompletableFuture<SendResult>> rolledBack = new ArrayList<>();
		this.transaction.executeWithoutResult((outer) -> {
			store("a");
			this.nested.executeWithoutResult((inner) -> {
				rolledBack.add(store("b"));
				rolledBack.add(store("c"));
				inner.setRollbackOnly();
			});
			assertThat(rolledBack).allSatisfy(SendTestSupport.failedWith(Reason.ROLLED_BACK));
			this.nested.executeWithoutResult((inner) -> store("d"));
			store("e");
		});
		assertSentIsWhatIsStored("a", "d", "e");
	}

	@Test
	void theFirstRecordMayBelongToANestedTransactionThatRollsBack() {
		this.transaction.executeWithoutResult((outer) -> {
			this.nested.executeWithoutResult((inner) -> {
				store("a");
				inner.setRollbackOnly();
			});
			store("b");
		});
		assertSentIsWhatIsStored("b");
	}

	@Test
	void innerTransactionsRollBackAloneOrWithTheOuterOne() {
		this.transaction.executeWithoutResult((outer) -> {
			store("a");
			this.nested.executeWithoutResult((inner) -> {
				store("b");
				this.nested.executeWithoutResult((innermost) -> store("c"));
				inner.setRollbackOnly();
			});
			this.nested.executeWithoutResult((inner) -> {
				store("d");
				this.nested.executeWithoutResult((innermost) -> {
					store("e");
					innermost.setRollbackOnly();
				});
			});
		});
		assertSentIsWhatIsStored("a", "d");
	}

	@Test
	void aSavepointMayBeRolledBackToTwice() {
		this.transaction.executeWithoutResult((status) -> {
			store("a");
			Object savepoint = status.createSavepoint();
			store("b");
			Object later = status.createSavepoint();
			store("c");
			status.rollbackToSavepoint(later);
			store("d");
			status.rollbackToSavepoint(savepoint);
			store("e");
			status.rollbackToSavepoint(savepoint);
			store("f");
		});
		assertSentIsWhatIsStored("a", "f");
	}

	@Test
	void anIndependentTransactionWithinSendsByItself() {
		this.transaction.executeWithoutResult((outer) -> {
			store("a");
			this.other.executeWithoutResult((inner) -> store("b"));
			this.other.executeWithoutResult((inner) -> {
				store("c");
				inner.setRollbackOnly();
			});
			store("d");
			outer.setRollbackOnly();
		});
		assertSentIsWhatIsStored("b");
	}

	@Test
	void thereIsOneSynchronizationATransaction() {
		this.transaction.executeWithoutResult((status) -> {
			store("a");
			int first = synchronizations();
			store("b");
			store("c");
			assertThat(synchronizations()).isEqualTo(first);
		});
		assertSentIsWhatIsStored("a", "b", "c");
	}

	@Test
	void recordsAreSentTogetherAfterTheCommit() {
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 100; i++) {
				store("record-" + i);
			}
		});
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(this.test.service.requests()).hasSize(1);
		assertThat(this.test.service.stored()).hasSize(100);
	}

	@Test
	void recordsThatWaitForTheCommitUseTheBuffer() {
		SendTestSupport small = new SendTestSupport(ProducerOptions.builder()
			.bufferMemory(DataSize.ofKilobytes(2))
			.maxBlock(Duration.ofMillis(20))
			.build());
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 3; i++) {
				sent.add(small.template.sendAfterCommit("s", new byte[700]));
			}
			assertThat(small.template.memory().used()).isBetween(1800L, 2048L);
			SendFailedException failure = SendTestSupport.failureOf(sent.get(2));
			assertThat(failure.reason()).isEqualTo(Reason.BUFFER_FULL);
			assertThat(failure).hasMessageContaining("2 records of this transaction wait in it for the commit")
				.hasMessageContaining("increase the producer's buffer memory");
		});
		small.loop.advance(Duration.ofSeconds(1));
		assertThat(sent.subList(0, 2)).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(small.service.stored()).hasSize(2);
		assertThat(small.template.memory().used()).isZero();
	}

	@Test
	void aRollbackReleasesTheBuffer() {
		this.transaction.executeWithoutResult((outer) -> {
			store("a");
			long one = this.test.template.memory().used();
			assertThat(one).isPositive();
			this.nested.executeWithoutResult((inner) -> {
				store("b");
				assertThat(this.test.template.memory().used()).isEqualTo(2 * one);
				inner.setRollbackOnly();
			});
			assertThat(this.test.template.memory().used()).isEqualTo(one);
			outer.setRollbackOnly();
		});
		assertThat(this.test.template.memory().used()).isZero();
		assertSentIsWhatIsStored();
	}

	@Test
	void aFullBufferDelaysNoCommit() {
		SendTestSupport small = new SendTestSupport(ProducerOptions.builder()
			.bufferMemory(DataSize.ofKilobytes(4))
			.maxBlock(Duration.ofMinutes(10))
			.build());
		small.service.always(Behaviour.HANGS);
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 2; i++) {
				sent.add(small.template.sendAfterCommit("s", new byte[700]));
				small.template.send("s", new byte[700]);
			}
			assertThat(small.template.inFlight()).isEqualTo(2);
		});
		assertThat(small.template.inFlight()).isEqualTo(4);
		small.loop.advance(Duration.ofMinutes(3));
		assertThat(sent).allSatisfy(SendTestSupport.failedWith(Reason.TIMEOUT));
		assertThat(small.template.memory().used()).isZero();
	}

	@Test
	void waitsForRoomOnceInATransaction() {
		SendTestSupport small = new SendTestSupport(ProducerOptions.builder()
			.bufferMemory(DataSize.ofKilobytes(2))
			.maxBlock(Duration.ofSeconds(1))
			.build());
		long before = System.nanoTime();
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 100; i++) {
				small.template.sendAfterCommit("s", new byte[700]);
			}
		});
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
	}

	@Test
	void aCommitAfterTheTemplateHasStoppedFailsTheRecordAndReleasesItsRoom() {
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			sent.add(store("a"));
			this.test.template.stop(() -> {
			});
			this.test.roundTrip();
		});
		assertThat(sent).allSatisfy(SendTestSupport.failedWith(Reason.CLOSED));
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void rejectsAReactiveTransaction() {
		ReactiveTransactionManager reactive = new NoResource();
		Mono<CompletableFuture<SendResult>> work = Mono.just("a")
			.publishOn(Schedulers.parallel())
			.map((payload) -> this.test.template.sendAfterCommit("s", payload))
			.as(TransactionalOperator.create(reactive)::transactional);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> work.toFuture().join())
			.havingCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessageContaining("reactive transactions are bound to no thread")
			.withMessageContaining("Mono.fromFuture");
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(this.test.service.requests()).isEmpty();
	}

	@Test
	void joinsATransactionOfTheThreadOnReactorsThreads() {
		Mono<CompletableFuture<SendResult>> work = Mono
			.fromSupplier(() -> this.transaction.execute((status) -> store("a")))
			.subscribeOn(Schedulers.parallel());
		assertThat(work.toFuture()).succeedsWithin(60, TimeUnit.SECONDS);
		assertSentIsWhatIsStored("a");
	}

	private CompletableFuture<SendResult> store(String name) {
		this.jdbc.update("insert into stored values (?)", name);
		return this.test.template.sendAfterCommit("s", name, name);
	}

	private void assertSentIsWhatIsStored(String... names) {
		this.test.loop.advance(Duration.ofSeconds(1));
		assertThat(this.jdbc.queryForList("select name from stored", String.class)).containsExactlyInAnyOrder(names);
		assertThat(this.test.service.stored()).extracting((entry) -> entry.data().asUtf8String())
			.containsExactly(names);
		assertThat(this.test.template.memory().used()).isZero();
	}

	private static int synchronizations() {
		return org.springframework.transaction.support.TransactionSynchronizationManager.getSynchronizations().size();
	}

	/**
	 * Reactive transactions of nothing.
	 */
	private static final class NoResource extends AbstractReactiveTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction(TransactionSynchronizationManager manager) {
			return new Object();
		}

		@Override
		protected Mono<Void> doBegin(TransactionSynchronizationManager manager, Object transaction,
				TransactionDefinition definition) {
			return Mono.empty();
		}

		@Override
		protected Mono<Void> doCommit(TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
			return Mono.empty();
		}

		@Override
		protected Mono<Void> doRollback(TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
			return Mono.empty();
		}

	}

}
