package dev.highwater.client;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who consumes events, under a name: any number of consumers lease its events, each stream's with
/// one of them at a time and in order. Calls are transactions of their own unless the [EventStore]
/// that it is of is on a connection; transactions are READ COMMITTED.
public final class View {
    private static final String REGISTER =
            """
            select view from highwater.register_view(
              v_view => ?, v_start_at => ?, v_lock_timeout_s => ?, v_max_attempts => ?)""";
    private static final String STREAM = "select * from highwater.stream_events(?, ?, null, ?)";
    private static final String ACK = "select view from highwater.ack_event(?, ?, ?, ?)";
    private static final String NACK =
            "select view from highwater.schedule_nack_event(?, ?, ?, ?, ?, ?)";

    private final Session session;
    private final String name;

    View(Session session, String name) {
        this.session = session;
        this.name = name;
    }

    /// Registers it. For a view that is there only the settings change, never where it stands.
    ///
    /// @param since the oldest event meant; null for from now on
    /// @param lease how long an event is with who leased it; whole seconds
    /// @param attempts after how many leases an event is parked, and its stream waits for
    ///   `replay_event` or `skip_event`
    public void register(@Nullable Instant since, Duration lease, int attempts)
            throws SQLException {
        session.query(
                REGISTER,
                row -> row.getString(1),
                name,
                since == null ? null : since.atOffset(ZoneOffset.UTC),
                lease.toSeconds(),
                attempts);
    }

    /// Leases up to `limit` events: of each stream up to `perStream` in a row.
    public List<LeasedEvent> stream(int limit, int perStream) throws SQLException {
        return session.query(
                STREAM,
                row ->
                        new LeasedEvent(
                                StoredEvent.read(row), row.getLong("token"), row.getInt("attempt")),
                name,
                limit,
                perStream);
    }

    /// The event is done, and those before it in its stream.
    ///
    /// @throws EventStoreException `LEASE_LOST` or `NOT_LEASED`
    public void ack(LeasedEvent leased) throws SQLException {
        var event = leased.event();
        session.query(
                ACK,
                row -> row.getString(1),
                name,
                event.deciderId(),
                event.offset(),
                leased.token());
    }

    /// Gives the event back, and those leased after it in its stream, to be given out again.
    ///
    /// @throws EventStoreException `LEASE_LOST`
    public void nack(LeasedEvent leased) throws SQLException {
        scheduleNack(leased, Duration.ZERO, null);
    }

    /// The same, to be given out again not before `delay` is over.
    ///
    /// @param reason kept with the event if this was its last attempt
    /// @throws EventStoreException `LEASE_LOST`
    public void scheduleNack(LeasedEvent leased, Duration delay, @Nullable String reason)
            throws SQLException {
        var event = leased.event();
        session.query(
                NACK,
                row -> row.getString(1),
                name,
                event.deciderId(),
                delay.toMillis(),
                leased.token(),
                event.decider(),
                reason);
    }
}
