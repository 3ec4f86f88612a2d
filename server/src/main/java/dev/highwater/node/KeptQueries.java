package dev.highwater.node;

import dev.highwater.apply.Applier;
import dev.highwater.apply.Head;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Column;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.QualifiedName;
import dev.highwater.view.PastQuery;
import dev.highwater.view.Strategy;
import dev.highwater.view.Unreadable;
import dev.highwater.view.ViewRequest;
import dev.highwater.view.ViewWriter;
import dev.highwater.view.Views;
import dev.highwater.web.Publishing.NamedType;
import dev.highwater.web.Viewing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and ends views, and says how each is doing. Safe for any thread.
final class KeptQueries implements Viewing {
    private static final Logger LOG = LoggerFactory.getLogger(KeptQueries.class);

    /// The code of a [Failure.Conflict] that passes by itself: what is read is being filled.
    static final String FILLING = "filling";

    /// The applier takes requests between two transactions of the source.
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

    /// Who asks for a view that is quickly filled finds it live.
    private static final Duration LIVE_MAX = Duration.ofSeconds(2);

    private static final int TRIES_MAX = 3;

    /// Analysis holds locks on the catalog that the applier's DDL would wait for.
    private static final String LIMITS =
            "set statement_timeout = '10s'; set lock_timeout = '5s'; set jit = off";

    private static final String INTERNAL = "XX000";

    private final Applier applier;
    private final Head head;
    private final PgAddress address;
    private final DataSource store;
    private final int shard;

    /// One analysis at a time: each takes names in schema public for itself.
    private final ReentrantLock analysing = new ReentrantLock();

    /// What a view was asked for never changes; another query makes another relation.
    private final Map<Integer, dev.highwater.view.View> queries = new ConcurrentHashMap<>();

    private final Map<Integer, Known> strategies = new ConcurrentHashMap<>();

    /// Why stopped views could not be made anew.
    private final Map<Integer, InVain> inVain = new ConcurrentHashMap<>();

    /// A view's strategy while the relations that it reads stay as they are.
    private record Known(List<Shape> reads, Strategy strategy) {}

    /// What came of making a stopped view anew; while the relations are these, the same would.
    private record InVain(List<Shape> reads, String why) {}

    /// A relation, as far as a query depends on it.
    private record Shape(int id, List<Relation.Dated> definitions) {}

    /// @param address the store, as a role that may make schemas in it
    KeptQueries(Applier applier, Head head, PgAddress address, DataSource store, int shard) {
        this.applier = applier;
        this.head = head;
        this.address = address;
        this.store = store;
        this.shard = shard;
    }

    @Override
    public @Nullable Past past(QualifiedName name, long position) {
        var catalog = head.settled().catalog();
        var relation = find(catalog, name);
        if (relation == null
                || catalog.readableAt(name.schema(), name.name(), position).isPresent()) {
            return null;
        }
        Long since = relation.since();
        if (since == null || position >= since) {
            return null;
        }
        query(relation);
        var definition = new Relation.Dated(0, relation.definition());
        return PastQuery.of(shard, relation, catalog, queries, position)
                .map(
                        q ->
                                new Past(
                                        new Relation(
                                                relation.id(),
                                                List.of(definition),
                                                relation.state()),
                                        q))
                .orElse(null);
    }

    @Override
    public List<View> views() {
        var catalog = head.settled().catalog();
        var result = new ArrayList<View>();
        for (var relation : catalog.all()) {
            if (relation.isView() && !isEnded(relation)) {
                result.add(view(catalog, relation, query(relation)));
            }
        }
        strategies
                .keySet()
                .removeIf(id -> catalog.byId(id).filter(KeptQueries::isEnded).isPresent());
        result.sort((a, b) -> a.name().compareTo(b.name()));
        return result;
    }

    @Override
    public View view(QualifiedName name) {
        var catalog = head.settled().catalog();
        var relation = find(catalog, name);
        if (relation == null) {
            throw unknown(catalog, name);
        }
        return view(catalog, relation, query(relation));
    }

    @Override
    public Created create(QualifiedName name, String query, boolean replace) {
        if (!name.schema().equals(Identifiers.DEFAULT_SCHEMA)) {
            throw new Failure.Refused(
                    "bad-name",
                    "views are in schema public, so "
                            + Shown.of(name.toString())
                            + " cannot be one; write "
                            + Shown.of(new QualifiedName("public", name.name()).toString()));
        }
        var before = find(head.settled().catalog(), name);
        if (before != null && !replace && isSame(query(before).query(), query)) {
            if (before.isFollowed()) {
                awaitFilled(before.id());
                return new Created(view(name), true);
            }
            return made(name, query, true);
        }
        return made(name, query, replace);
    }

    @Override
    public View drop(QualifiedName name, boolean cascade) {
        var view = view(name);
        var relation = find(head.settled().catalog(), name);
        if (relation != null) {
            answer(() -> applier.dropView(relation.id(), cascade));
        }
        return new View(
                view.name(),
                "dropped",
                null,
                view.strategy(),
                view.reason(),
                view.indexes(),
                view.meanMillis(),
                view.depends(),
                view.since(),
                view.key(),
                view.columns(),
                view.query());
    }

    private Created made(QualifiedName name, String query, boolean replace) {
        var catalog = head.settled().catalog();
        var before = find(catalog, name);
        var asked = request(catalog, name, query, replace);
        var request =
                before != null && isStopped(before) && isSame(query(before).query(), query)
                        ? asked.again(before.id())
                        : asked;
        var analysis = request.analysis();
        if (before != null) {
            if (analysis.depends().stream().anyMatch(r -> r.id() == before.id())) {
                throw new Failure.Refused("bad-view", "a view cannot read itself");
            }
            if (before.isFollowed() && query(before).body().equals(analysis.body())) {
                return new Created(view(name), true);
            }
        }
        int id;
        try {
            id = answer(() -> applier.createView(request));
        } catch (Failure.Conflict e) {
            // Somebody else may have asked for the same at the same time.
            var other =
                    before == null
                            ? appeared(name)
                            : request.again() == null ? null : find(head.settled().catalog(), name);
            if (other != null
                    && other.isFollowed()
                    && query(other).body().equals(analysis.body())) {
                return new Created(view(name), true);
            }
            throw e;
        }
        awaitFilled(id);
        var now = head.settled().catalog();
        var relation = now.byId(id).orElseThrow();
        return new Created(view(now, relation, query(relation)), false);
    }

    /// Makes the views anew that stopped because of what they read, as far as that can be read now.
    ///
    /// @return false when something has to be tried again although nothing may change
    /// @throws Failure.Unavailable when the store does not answer; to be tried again
    boolean makeAnew() {
        boolean done = true;
        var first = head.settled().catalog();
        inVain.keySet().removeIf(id -> first.byId(id).filter(KeptQueries::isStopped).isEmpty());
        for (var stopped : first.all()) {
            if (!stopped.isView()
                    || !(stopped.state()
                            instanceof Relation.State.Stopped(Long _, long _, String reason))
                    || !Unreadable.is(reason, first)) {
                continue;
            }
            // Another one that it reads may just have been made anew.
            var catalog = head.settled().catalog();
            var reads = readAgain(catalog, stopped);
            var before = inVain.get(stopped.id());
            if (!reads.isEmpty() && (before == null || !before.reads().equals(shapes(reads)))) {
                done &= makeAnew(catalog, stopped, reads);
            }
        }
        return done;
    }

    /// @return false when it has to be tried again
    private boolean makeAnew(Catalog catalog, Relation stopped, List<Relation> reads) {
        try {
            var request =
                    request(catalog, name(stopped), query(stopped).query(), true)
                            .again(stopped.id());
            awaitFilled(answer(() -> applier.createView(request)));
            LOG.atInfo().addKeyValue("view", stopped.name()).log("made anew");
            return true;
        } catch (Failure.Refused e) {
            inVain.put(stopped.id(), new InVain(shapes(reads), e.line()));
            LOG.atWarn()
                    .addKeyValue("view", stopped.name())
                    .addKeyValue("error", e.line())
                    .log("a stopped view cannot be made anew");
            return true;
        } catch (Failure.Conflict _) {
            return false;
        }
    }

    /// What a query depends on of what it reads: not how far history goes.
    private static List<Shape> shapes(List<Relation> reads) {
        return reads.stream().map(r -> new Shape(r.id(), r.definitions())).toList();
    }

    /// What a stopped view would read, if all of it can be read now; else nothing.
    private List<Relation> readAgain(Catalog catalog, Relation stopped) {
        var own = stopped.definition();
        long made = stopped.definitions().getFirst().position();
        if (catalog.newest(own.schema(), own.table())
                .filter(r -> r.id() == stopped.id())
                .isEmpty()) {
            return List.of();
        }
        var result = new ArrayList<Relation>();
        for (int id : query(stopped).depends()) {
            var then = catalog.byId(id).orElseThrow().definitionAt(made);
            var now = catalog.newest(then.schema(), then.table());
            if (now.isEmpty() || !(now.get().state() instanceof Relation.State.Live)) {
                return List.of();
            }
            result.add(now.get());
        }
        return result;
    }

    private ViewRequest request(
            Catalog catalog, QualifiedName name, String query, boolean replace) {
        analysing.lock();
        try {
            for (int tries = 1; ; tries++) {
                try (var connection = Database.single(address, "views")) {
                    try (var statement = connection.createStatement()) {
                        statement.execute(LIMITS);
                    }
                    return ViewRequest.of(connection, catalog, name, query, replace);
                } catch (SQLException e) {
                    // Somebody else wrote the catalog in the same moment.
                    if (tries == TRIES_MAX || !INTERNAL.equals(e.getSQLState())) {
                        throw unavailable(e);
                    }
                }
            }
        } catch (Failure.Refused e) {
            checkFilled(catalog, query);
            throw e.code().equals("bad-query") ? new Failure.Refused("bad-view", e.line(), e) : e;
        } finally {
            analysing.unlock();
        }
    }

    /// What is still being filled is not there for PostgreSQL.
    private static void checkFilled(Catalog catalog, String query) {
        var spokenOf = Identifiers.spokenOfIn(query);
        for (var relation : catalog.all()) {
            if (relation.state() instanceof Relation.State.Filling
                    && spokenOf.test(relation.definition().table())) {
                throw new Failure.Conflict(
                        FILLING, relation.name() + " is still being filled; try again");
            }
        }
    }

    private interface Asking {
        CompletableFuture<Integer> ask() throws InterruptedException;
    }

    /// What the applier says, once it is settled.
    private int answer(Asking asking) {
        try {
            return asking.ask().get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new Failure.Bug("the applier failed at a view", e);
        } catch (TimeoutException e) {
            throw new Failure.Unavailable(
                    "not-arrived",
                    "the applier has not come to it yet; see `highwater status`, and ask again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("stopping", "the node is stopping", e);
        }
    }

    /// The view of this name, waiting a moment for a batch that may bring it.
    private @Nullable Relation appeared(QualifiedName name) {
        var settled = head.settled();
        var found = find(settled.catalog(), name);
        if (found != null) {
            return found;
        }
        try {
            return find(head.awaitBeyond(settled.position(), LIVE_MAX).catalog(), name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void awaitFilled(int id) {
        long end = System.nanoTime() + LIVE_MAX.toNanos();
        try {
            var settled = head.settled();
            while (isFilling(settled, id) && System.nanoTime() < end) {
                settled =
                        head.awaitBeyond(
                                settled.position(), Duration.ofNanos(end - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isFilling(Head.Settled settled, int id) {
        return settled.catalog().byId(id).orElseThrow().state() instanceof Relation.State.Filling;
    }

    private static boolean isEnded(Relation relation) {
        return relation.state() instanceof Relation.State.Ended;
    }

    private static boolean isStopped(Relation relation) {
        return relation.state() instanceof Relation.State.Stopped;
    }

    private static boolean isSame(String one, String other) {
        return bare(one).equals(bare(other));
    }

    private static String bare(String query) {
        return query.strip().replaceAll("(\\s*;)+$", "");
    }

    private static @Nullable Relation find(Catalog catalog, QualifiedName name) {
        return catalog.newest(name.schema(), name.name())
                .filter(r -> r.isView() && !isEnded(r))
                .orElse(null);
    }

    private static Failure.NotFound unknown(Catalog catalog, QualifiedName name) {
        String what = Shown.of(name.toString());
        return new Failure.NotFound(
                "unknown-view",
                catalog.newest(name.schema(), name.name()).filter(r -> !r.isView()).isPresent()
                        ? what + " is a table, not a view"
                        : "there is no view " + what + "; `highwater views` lists them");
    }

    private dev.highwater.view.View query(Relation relation) {
        var query = queries.get(relation.id());
        if (query != null) {
            return query;
        }
        try (var connection = store.getConnection()) {
            queries.putAll(Views.load(connection));
        } catch (SQLException e) {
            throw unavailable(e);
        }
        var loaded = queries.get(relation.id());
        if (loaded == null) {
            throw new Failure.Corrupt("no-view", relation.name() + " has lost its query");
        }
        return loaded;
    }

    private View view(Catalog catalog, Relation relation, dev.highwater.view.View query) {
        var definition = relation.definition();
        var strategy = strategy(catalog, relation, query);
        return new View(
                name(relation),
                state(relation),
                error(relation),
                strategy.kind().word(),
                strategy.reason(),
                strategy.indexes(),
                applier.costs().of(relation.id()).meanMillis(),
                query.depends().stream().map(id -> name(catalog.byId(id).orElseThrow())).toList(),
                relation.since(),
                definition.isBag()
                        ? List.of()
                        : definition.keyColumns().stream().map(Column::name).toList(),
                definition.columns().stream().map(c -> new NamedType(c.name(), c.type())).toList(),
                query.query());
    }

    private @Nullable String error(Relation relation) {
        if (!(relation.state() instanceof Relation.State.Stopped(Long _, long _, String reason))) {
            return null;
        }
        var tried = inVain.get(relation.id());
        return tried == null ? reason : reason + "; it cannot be made anew: " + tried.why();
    }

    private Strategy strategy(Catalog catalog, Relation relation, dev.highwater.view.View query) {
        var reads = query.depends().stream().map(id -> catalog.byId(id).orElseThrow()).toList();
        var known = strategies.get(relation.id());
        if (known == null || !known.reads().equals(shapes(reads))) {
            known =
                    new Known(
                            shapes(reads),
                            new ViewWriter(shard, relation, query, catalog).strategy());
            strategies.put(relation.id(), known);
        }
        return known.strategy();
    }

    private static String state(Relation relation) {
        return switch (relation.state()) {
            case Relation.State.Filling _ -> "filling";
            case Relation.State.Live _ -> "live";
            case Relation.State.Stopped _ -> "stopped";
            case Relation.State.Ended _ -> "dropped";
        };
    }

    private static QualifiedName name(Relation relation) {
        var definition = relation.definition();
        return new QualifiedName(definition.schema(), definition.table());
    }

    private static Failure unavailable(SQLException e) {
        return new Failure.Unavailable(
                "store-unavailable", "the store does not answer: " + e.getMessage(), e);
    }
}
