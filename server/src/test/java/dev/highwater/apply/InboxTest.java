package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.capture.WalPart;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/// What comes between the parts of a transaction would tear its entry.
final class InboxTest {
    private static final LogSequenceNumber END = LogSequenceNumber.valueOf(7);
    private static final WalPart FIRST = part(Optional.empty());
    private static final WalPart LAST = part(Optional.of(END));
    private static final Work ROWS = new Work.Filled(1);

    private final Inbox inbox = new Inbox();

    @Test
    void nothing_comes_between_the_parts_of_a_transaction() throws Exception {
        inbox.put(ROWS, 10);
        inbox.take(FIRST, 10);
        assertThat(inbox.take(Duration.ZERO)).containsExactly(new Work.Wal(FIRST));
        inbox.take(FIRST, 10);
        assertThat(inbox.take(Duration.ZERO)).containsExactly(new Work.Wal(FIRST));
        inbox.take(LAST, 10);
        assertThat(inbox.take(Duration.ZERO)).containsExactly(new Work.Wal(LAST), ROWS);
    }

    @Test
    void what_follows_the_last_part_ends_the_transaction_too() throws Exception {
        inbox.take(FIRST, 10);
        assertThat(inbox.take(Duration.ZERO)).containsExactly(new Work.Wal(FIRST));
        inbox.take(LAST, 10);
        inbox.idle(END);
        inbox.put(ROWS, 10);
        assertThat(inbox.take(Duration.ZERO))
                .containsExactly(new Work.Wal(LAST), new Work.Idle(END), ROWS);
    }

    @Test
    void between_transactions_other_work_is_taken_alone() throws Exception {
        inbox.put(ROWS, 10);
        assertThat(inbox.take(Duration.ZERO)).containsExactly(ROWS);
    }

    @Test
    void what_is_gathered_is_waited_for_until_there_is_other_work() throws Exception {
        var waiting = CompletableFuture.runAsync(() -> gather(Duration.ofMinutes(5)));
        inbox.take(LAST, 10);
        assertThat(waiting).isNotDone();
        inbox.put(ROWS, 10);
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
        gather(Duration.ofMinutes(5));
        assertThat(inbox.take(Duration.ZERO)).containsExactly(new Work.Wal(LAST), ROWS);
        gather(Duration.ofMillis(1));
    }

    @Test
    void a_failure_is_what_is_taken_from_then_on() throws Exception {
        inbox.take(FIRST, 10);
        inbox.take(Duration.ZERO);
        var within =
                CompletableFuture.runAsync(
                        () ->
                                assertThatThrownBy(() -> inbox.take(Duration.ofMinutes(5)))
                                        .hasMessage("gone"));
        var gathering = CompletableFuture.runAsync(() -> gather(Duration.ofMinutes(5)));
        inbox.fail(new SQLException("gone"));
        assertThat(within).succeedsWithin(Duration.ofSeconds(10));
        assertThat(gathering).succeedsWithin(Duration.ofSeconds(10));
        inbox.take(LAST, 10);
        assertThatThrownBy(() -> inbox.take(Duration.ZERO)).hasMessage("gone");
    }

    private void gather(Duration atMost) {
        try {
            inbox.gather(atMost);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static WalPart part(Optional<LogSequenceNumber> end) {
        return new WalPart(List.of(), Instant.EPOCH, LogSequenceNumber.INVALID_LSN, end);
    }
}
