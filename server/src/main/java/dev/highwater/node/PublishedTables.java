package dev.highwater.node;

import dev.highwater.apply.Head;
import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QualifiedName;
import dev.highwater.web.Publishing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Publishes tables in the source, and says how each is doing: what the source knows and what the
/// store knows, put together.
final class PublishedTables implements Publishing {
    /// A publication is an entry in the store as soon as capture has come that far.
    private static final Duration ARRIVAL_MAX = Duration.ofSeconds(10);

    private final Source source;
    private final Head head;
    private final IntToLongFunction filled;

    /// @param filled how many rows a relation was given so far that is being filled
    PublishedTables(Source source, Head head, IntToLongFunction filled) {
        this.source = source;
        this.head = head;
        this.filled = filled;
    }

    @Override
    public List<Table> tables() {
        var result = new ArrayList<Table>();
        var named = new HashSet<QualifiedName>();
        for (var relation : head.settled().catalog().all().reversed()) {
            if (!relation.isView() && named.add(name(relation))) {
                result.add(table(relation));
            }
        }
        try {
            for (var table : source.tables()) {
                String obstacle = table.obstacle();
                boolean known = !named.add(table.name());
                if (known) {
                    continue;
                }
                if (obstacle != null && obstacle.startsWith("is a partition of ")) {
                    continue; // It is there with the table that it is a part of.
                }
                if (obstacle != null) {
                    result.add(unknown(table.name(), "refused", obstacle));
                } else if (table.published()) {
                    result.add(
                            unknown(
                                    table.name(),
                                    "filling",
                                    "is published, and has not arrived in the store yet"));
                }
            }
        } catch (SQLException e) {
            throw new Failure.Unavailable(
                    "source-unavailable", "the source does not answer: " + e.getMessage(), e);
        }
        result.sort((a, b) -> a.name().compareTo(b.name()));
        return result;
    }

    /// Of a table that the store knows the source is not asked.
    @Override
    public Optional<Table> table(QualifiedName name) {
        return newest(name).map(this::table).or(() -> Publishing.super.table(name));
    }

    @Override
    public Published publish(QualifiedName name) {
        var taken = head.settled().catalog().newest(name.schema(), name.name());
        if (taken.isPresent()
                && taken.get().isView()
                && !(taken.get().state() instanceof Relation.State.Ended)) {
            throw new Failure.Conflict(
                    "name-taken",
                    name + " is a view here; drop it first, or name the table otherwise");
        }
        try {
            boolean fresh = source.publish(name);
            return new Published(await(name, Relation::isFollowed), !fresh);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public Table unpublish(QualifiedName name) {
        try {
            if (!source.unpublish(name)) {
                return newest(name)
                        .map(this::table)
                        .orElseThrow(
                                () ->
                                        new Failure.NotFound(
                                                "unknown-table", name + " is not published"));
            }
            return await(name, relation -> !relation.isFollowed());
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static Failure unavailable(SQLException e) {
        return new Failure.Unavailable(
                "source-unavailable", "the source does not answer: " + e.getMessage(), e);
    }

    /// Waits until what was asked of the source has arrived in the store.
    private Table await(QualifiedName name, Predicate<Relation> arrived) {
        long deadline = System.nanoTime() + ARRIVAL_MAX.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                long position = head.settled().position();
                var relation = newest(name);
                if (relation.isPresent()
                        && (arrived.test(relation.get())
                                || relation.get().state() instanceof Relation.State.Stopped)) {
                    return table(relation.get());
                }
                head.awaitBeyond(position, Duration.ofMillis(200));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Failure.Unavailable(
                "not-arrived",
                "it is done in the source, but has not arrived in the store yet; see"
                        + " `highwater status`");
    }

    private Optional<Relation> newest(QualifiedName name) {
        return head.settled().catalog().newest(name.schema(), name.name()).filter(r -> !r.isView());
    }

    private static QualifiedName name(Relation relation) {
        var definition = relation.definition();
        return new QualifiedName(definition.schema(), definition.table());
    }

    private Table table(Relation relation) {
        return switch (relation.state()) {
            case Relation.State.Filling _ ->
                    table(relation, "filling", null, filled.applyAsLong(relation.id()));
            case Relation.State.Live _ -> table(relation, "live", note(relation.definition()), 0);
            case Relation.State.Stopped(Long _, long _, String reason) ->
                    table(relation, "stopped", reason, 0);
            case Relation.State.Ended(Long _, long _, String reason) ->
                    switch (reason) {
                        case "dropped" -> table(relation, "dropped", null, 0);
                        case "unpublished" -> table(relation, "unpublished", null, 0);
                        default -> table(relation, "refused", reason, 0);
                    };
        };
    }

    /// What the store cannot hold as the source does.
    private static @Nullable String note(TableDefinition definition) {
        var kept = new ArrayList<String>();
        for (var column : definition.columns()) {
            String lacking = column.lacking();
            if (lacking != null) {
                kept.add(
                        "column %s is kept as text, because the store has no type %s"
                                .formatted(column.name(), lacking));
            }
        }
        return kept.isEmpty() ? null : String.join("; ", kept);
    }

    private static Table table(
            Relation relation, String state, @Nullable String reason, long filled) {
        var definition = relation.definition();
        return new Table(
                name(relation),
                state,
                reason,
                relation.since(),
                filled,
                definition.isBag()
                        ? List.of()
                        : definition.keyColumns().stream().map(c -> c.name()).toList(),
                columns(definition));
    }

    /// A table of which the store knows nothing.
    private static Table unknown(QualifiedName name, String state, String reason) {
        return new Table(name, state, reason, null, 0, List.of(), List.of());
    }

    private static List<NamedType> columns(TableDefinition definition) {
        return definition.columns().stream().map(c -> new NamedType(c.name(), c.type())).toList();
    }
}
