package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A view that somebody wants.
///
/// @param query as it was written
/// @param analysis what PostgreSQL makes of it
/// @param stages how it will be computed, the last giving the view's rows
/// @param replace whether a view of the same name gives way
/// @param again the stopped view that is made anew, if it is that: no other gives way to it
public record ViewRequest(
        String query,
        Analysis analysis,
        List<Analysis> stages,
        boolean replace,
        @Nullable Integer again) {
    public ViewRequest {
        stages = List.copyOf(stages);
    }

    /// Analyses a query.
    ///
    /// @param connection in auto-commit mode, of a role that may make schemas
    /// @param catalog the relations that it may read: those that can be read now
    /// @throws dev.highwater.failure.Failure.Refused `bad-view` with PostgreSQL's reason, or ours
    public static ViewRequest of(
            Connection connection,
            Catalog catalog,
            QualifiedName name,
            String query,
            boolean replace)
            throws SQLException {
        var analysis = Analysis.of(connection, catalog, name, query);
        return new ViewRequest(
                query, analysis, Staging.of(connection, catalog, name, analysis), replace, null);
    }

    /// The same in place of a stopped view, unless somebody has replaced or dropped that meanwhile.
    public ViewRequest again(int stopped) {
        return new ViewRequest(query, analysis, stages, true, stopped);
    }
}
