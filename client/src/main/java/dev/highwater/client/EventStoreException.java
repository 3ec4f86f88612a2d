package dev.highwater.client;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The event store refused a call; everything else that PostgreSQL reports stays the driver's own
/// [SQLException].
public final class EventStoreException extends SQLException {

    /// Why, by SQLSTATE.
    public enum Reason {
        /// The stream is not where the append expected it. Worth another try: load, decide again,
        /// append.
        OTHER_VERSION("HW001"),
        /// The stream has ended.
        ENDED("HW002"),
        /// This event id is another event's.
        ID_TAKEN("HW003"),
        /// An event that the condition excludes is there. Worth another try: read what is new,
        /// decide again, append.
        CONDITION("HW004"),
        /// Events cannot be changed.
        IMMUTABLE("HW005"),
        /// The lease is not the caller's any more, or the event is done. Drop the event: whoever
        /// has the lease now works on it.
        LEASE_LOST("HW006"),
        /// The event is not given out; or not any more, when whoever had the lease next gave it
        /// back. Drop it too.
        NOT_LEASED("HW007"),
        /// There is no such view, event or position.
        UNKNOWN("HW008");

        private final String state;

        Reason(String state) {
            this.state = state;
        }

        /// Whether this is what becomes of who took longer than a lease.
        boolean isLapsedLease() {
            return this == LEASE_LOST || this == NOT_LEASED;
        }

        /// Whether the same intention may succeed when it is decided again on what is there now.
        /// The same call is never worth repeating.
        public boolean isWorthDecidingAgain() {
            return this == OTHER_VERSION || this == CONDITION;
        }
    }

    private final Reason reason;

    private EventStoreException(Reason reason, SQLException cause) {
        super(cause.getMessage(), cause.getSQLState(), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /// The exception itself where it is not the event store's.
    static SQLException of(SQLException e) {
        @Nullable String state = e.getSQLState();
        for (var reason : Reason.values()) {
            if (reason.state.equals(state)) {
                return new EventStoreException(reason, e);
            }
        }
        return e;
    }
}
