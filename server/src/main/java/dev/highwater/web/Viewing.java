package dev.highwater.web;

import dev.highwater.relation.Relation;
import dev.highwater.relation.Versions;
import dev.highwater.sql.QualifiedName;
import dev.highwater.web.Publishing.NamedType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which views are kept.
public interface Viewing {
    /// A view and how it is doing.
    ///
    /// @param state one of `live`, `filling`, `stopped`, `dropped`
    /// @param error why it stopped
    /// @param strategy how it is kept, in a word
    /// @param reason why so
    /// @param indexes statements of the indexes that were made for it
    /// @param meanMillis what a batch that concerned it took since the node started; 0 before one
    /// @param depends the tables and views that it reads
    /// @param since the position from which on it can be read
    /// @param key empty when equal rows can be there several times
    /// @param query as it was asked for
    record View(
            QualifiedName name,
            String state,
            @Nullable String error,
            String strategy,
            String reason,
            List<String> indexes,
            double meanMillis,
            List<QualifiedName> depends,
            @Nullable Long since,
            List<String> key,
            List<NamedType> columns,
            String query) {
        public View {
            indexes = List.copyOf(indexes);
            depends = List.copyOf(depends);
            key = List.copyOf(key);
            columns = List.copyOf(columns);
        }
    }

    /// A view that was asked for.
    ///
    /// @param before whether it was there already, with the same query
    record Created(View view, boolean before) {}

    /// A view as of a position before its own history.
    ///
    /// @param relation what to read its rows as
    /// @param query computes them
    record Past(Relation relation, Versions.Computed query) {}

    /// How to compute a view as of a position before its own history; null where the name means
    /// something else, where it was kept then, or where what it reads was not.
    @Nullable Past past(QualifiedName name, long position);

    /// All views, by name.
    List<View> views();

    /// One view.
    ///
    /// @throws dev.highwater.failure.Failure.NotFound `unknown-view`
    View view(QualifiedName name);

    /// Makes a view; when it is there already with this query, nothing happens, unless it had
    /// stopped: then it is made anew. One that stopped because of what it reads is made anew by
    /// itself once that can be read again. Waits a moment for it to be live.
    ///
    /// @param replace whether a view with another query gives way
    /// @throws dev.highwater.failure.Failure.Refused `bad-view`
    /// @throws dev.highwater.failure.Failure.Conflict `name-taken`, `in-use`, `filling` when what
    ///   it reads is not filled yet
    Created create(QualifiedName name, String query, boolean replace);

    /// Ends a view; its history stays.
    ///
    /// @param cascade whether the views over it go too
    /// @throws dev.highwater.failure.Failure.NotFound `unknown-view`
    /// @throws dev.highwater.failure.Failure.Conflict `in-use`
    View drop(QualifiedName name, boolean cascade);
}
