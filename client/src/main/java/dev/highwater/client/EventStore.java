package dev.highwater.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Appends, loads and reads events, in a database that has the event store.
///
/// Every call is a transaction of its own, or with [#on] part of the caller's. What the database
/// refuses is an [EventStoreException]. A call that failed for another reason, such as a connection
/// that broke, may be repeated as it was: what was appended already is not appended again.
///
/// Thread-safe, unless it is on a connection.
public final class EventStore {
    private static final String REGISTER =
            "select event from highwater.register_decider_event(?, ?)";
    private static final String APPEND =
            "select * from highwater.append_events(?::jsonb, ?::jsonb, ?)";
    private static final String LOAD = "select * from highwater.get_events(?, ?, ?, ?)";
    private static final String READ = "select * from highwater.read_events(?, ?)";

    private static final int PAGE = 1_000;

    private final Session session;

    public EventStore(DataSource source) {
        this(new Session.Pooled(source));
    }

    private EventStore(Session session) {
        this.session = session;
    }

    /// The same on one connection, in the transaction that is open there.
    public EventStore on(Connection connection) {
        return new EventStore(new Session.Given(connection));
    }

    /// Makes the types known to the database; those that are known already stay as they are.
    public void register(EventTypes<?> types) throws SQLException {
        for (var name : types.names()) {
            session.query(REGISTER, row -> row.getString(1), types.decider(), name);
        }
    }

    /// Appends events to one stream if it is at `expectedVersion`: 0 for a new stream.
    public <E> List<StoredEvent> append(
            EventTypes<E> types, String deciderId, long expectedVersion, List<E> events)
            throws SQLException {
        var all = new ArrayList<NewEvent>();
        for (var event : events) {
            all.add(types.event(deciderId, event).expecting(expectedVersion + all.size()));
        }
        return append(all);
    }

    /// Appends events of any streams, all or none, in the order given, and returns them as they
    /// were stored. Those that are there already, all of them, are returned as they are.
    public List<StoredEvent> append(List<NewEvent> events) throws SQLException {
        return append(events, 0);
    }

    /// The same, unless after position `since` there is an event that one of `unless` describes.
    ///
    /// @param since how far the global order was read when this was decided
    public List<StoredEvent> append(List<NewEvent> events, long since, Unless... unless)
            throws SQLException {
        var json = JsonNodeFactory.instance.arrayNode();
        events.forEach(event -> json.add(event.json()));
        return session.query(APPEND, StoredEvent::read, json.toString(), conditions(unless), since);
    }

    private static @Nullable String conditions(Unless... unless) {
        if (unless.length == 0) {
            return null;
        }
        var json = JsonNodeFactory.instance.arrayNode();
        for (var one : unless) {
            var condition = json.addObject();
            one.tags().forEach(condition.putArray("tags")::add);
            if (!one.types().isEmpty()) {
                one.types().forEach(condition.putArray("events")::add);
            }
        }
        return json.toString();
    }

    /// All events of a stream, in order; none when there is no such stream.
    public <E> List<Recorded<E>> load(EventTypes<E> types, String deciderId) throws SQLException {
        var events = new ArrayList<Recorded<E>>();
        load(types, deciderId, 0, events::add);
        return events;
    }

    /// Hands out a stream's events after a version, one by one; of a stream of any length only a
    /// part is in memory.
    public <E> void load(
            EventTypes<E> types, String deciderId, long afterVersion, Consumer<Recorded<E>> to)
            throws SQLException {
        long version = afterVersion;
        List<StoredEvent> page;
        do {
            page =
                    session.query(
                            LOAD, StoredEvent::read, deciderId, types.decider(), version, PAGE);
            page.forEach(stored -> to.accept(types.recorded(stored)));
            version += page.size();
        } while (page.size() == PAGE);
    }

    /// Events of all streams in the global order, after a position: 0 for the first.
    public List<PositionedEvent> read(long after, int limit) throws SQLException {
        return session.query(
                READ,
                row -> new PositionedEvent(row.getLong("position"), StoredEvent.read(row)),
                after,
                limit);
    }

    /// Who consumes events under this name.
    public View view(String name) {
        return new View(session, name);
    }

    boolean outlivesErrors() throws SQLException {
        return session.outlivesErrors();
    }
}
