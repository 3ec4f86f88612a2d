package dev.highwater.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The events that a decider publishes: records of one sealed interface, each type under the name
/// that the database has for it.
///
/// The name is what history knows. A record whose class was renamed keeps it through the
/// constructor that takes names. A component that was added is null, zero or false in older events;
/// one that was taken away is passed over.
public final class EventTypes<E> {
    private final String decider;
    private final Map<String, Class<? extends E>> classes;
    private final Map<Class<?>, String> names = new HashMap<>();
    private final ObjectMapper mapper;

    /// Every record that `family` permits, named as its class is.
    public EventTypes(String decider, Class<E> family) {
        this(decider, records(family));
    }

    /// Records by the names of their types.
    public EventTypes(String decider, Map<String, Class<? extends E>> classes) {
        this(decider, classes, Json.MAPPER);
    }

    /// The same, written and read by a mapper of one's own, for values that Jackson does not know
    /// by itself.
    public EventTypes(
            String decider, Map<String, Class<? extends E>> classes, ObjectMapper mapper) {
        this.decider = decider;
        this.classes = new TreeMap<>(classes);
        this.mapper = mapper;
        classes.forEach(
                (name, type) -> {
                    String other = names.putIfAbsent(type, name);
                    if (other != null) {
                        throw new IllegalArgumentException(
                                "%s has two names, %s and %s; an event type has one"
                                        .formatted(type.getName(), other, name));
                    }
                });
    }

    private static <E> Map<String, Class<? extends E>> records(Class<E> family) {
        var found = new HashMap<String, Class<? extends E>>();
        collect(family, found);
        return found;
    }

    private static <E> void collect(
            Class<? extends E> type, Map<String, Class<? extends E>> found) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted != null) {
            for (Class<?> each : permitted) {
                collect(each.asSubclass(type), found);
            }
        } else if (!type.isRecord()) {
            throw new IllegalArgumentException(
                    type.getName() + " is neither a record nor a sealed interface of records");
        } else if (found.putIfAbsent(type.getSimpleName(), type) != null) {
            throw new IllegalArgumentException(
                    "two records are named %s; give names of their own"
                            .formatted(type.getSimpleName()));
        }
    }

    public String decider() {
        return decider;
    }

    /// The names of all types.
    public Iterable<String> names() {
        return classes.keySet();
    }

    /// An event for the end of the stream of this id.
    public NewEvent event(String deciderId, E event) {
        Class<?> type = event.getClass();
        String name = names.get(type);
        if (name == null) {
            throw new IllegalArgumentException(
                    "%s is no event of %s; known are %s"
                            .formatted(type.getName(), decider, classes.keySet()));
        }
        return NewEvent.of(name, decider, deciderId, mapper.valueToTree(event));
    }

    /// The record of an event.
    ///
    /// @throws IllegalArgumentException when its type has no record here, or the record does not
    ///   take its data
    public E read(StoredEvent stored) {
        var type = stored.decider().equals(decider) ? classes.get(stored.type()) : null;
        if (type == null) {
            throw new IllegalArgumentException(
                    "%s has no record here; known are %s of %s"
                            .formatted(stored, classes.keySet(), decider));
        }
        try {
            return Objects.requireNonNull(mapper.treeToValue(stored.data(), type), "it is null");
        } catch (JsonProcessingException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read as a %s: %s"
                            .formatted(stored, type.getName(), e.getMessage()),
                    e);
        }
    }

    Recorded<E> recorded(StoredEvent stored) {
        return new Recorded<>(read(stored), stored);
    }
}
