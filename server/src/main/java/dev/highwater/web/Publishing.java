package dev.highwater.web;

import dev.highwater.sql.QualifiedName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which tables of the source are published.
public interface Publishing {
    /// A table and what is the matter with it.
    ///
    /// @param state one of `live`, `filling`, `stopped`, `unpublished`, `dropped`, `refused`
    /// @param since the position from which on it can be read
    /// @param filled rows so far while it is filling
    record Table(
            QualifiedName name,
            String state,
            @Nullable String reason,
            @Nullable Long since,
            long filled,
            List<String> key,
            List<NamedType> columns) {}

    /// A column's name and type.
    record NamedType(String name, String type) {}

    /// A table that was asked to be published.
    ///
    /// @param before whether it was published already
    record Published(Table table, boolean before) {}

    /// All tables that are or were published, and those that were refused.
    List<Table> tables();

    /// One of them.
    default Optional<Table> table(QualifiedName name) {
        return tables().stream().filter(t -> t.name().equals(name)).findFirst();
    }

    /// Those of them that are refused.
    default List<Table> refused() {
        return tables().stream().filter(t -> t.state().equals("refused")).toList();
    }

    /// Publishes a table; when it is published already, nothing happens.
    Published publish(QualifiedName name);

    /// Ends the publication of a table; its history stays.
    Table unpublish(QualifiedName name);
}
