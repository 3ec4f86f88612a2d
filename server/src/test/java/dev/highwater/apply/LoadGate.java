package dev.highwater.apply;

import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/// Lets through as many of the loader's loads as a test wants, in the store.
final class LoadGate {
    private static final String INSTALL =
            """
            create schema gate;
            create table gate.lets as select 0 as loads;
            create sequence gate.begun;
            create sequence gate.others;
            create function gate.hold_back() returns trigger language plpgsql as $$
            begin
              if current_setting('application_name') = 'highwater loader' then
                perform nextval('gate.begun');
                while (select loads from gate.lets) < currval('gate.begun') loop
                  perform pg_sleep(0.01);
                end loop;
              else
                perform nextval('gate.others');
              end if;
              return null;
            end $$
            """;

    private final Connection store;

    /// A closed gate.
    LoadGate(Connection store) throws SQLException {
        this.store = store;
        try (var statement = store.createStatement()) {
            statement.execute(INSTALL);
        }
    }

    /// Has the loader wait before it writes rows of a relation.
    void holdBack(int relation) throws SQLException {
        Sql.update(
                store,
                "create trigger gate before insert on "
                        + RelationTables.current(relation)
                        + " for each statement execute function gate.hold_back()");
    }

    /// Lets through so many loads in all.
    void let(int loads) throws SQLException {
        Sql.update(store, "update gate.lets set loads = ?", loads);
    }

    /// Lets everything through.
    void open() throws SQLException {
        let(Integer.MAX_VALUE);
    }

    /// Whether anyone but the loader has begun to write rows, committed or not.
    boolean hasAnotherWritten() {
        try {
            return Sql.first(store, "select is_called from gate.others", row -> row.getBoolean(1))
                    .orElseThrow();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
