package dev.highwater.relation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A statement that is put together piece by piece, with its values bound in order. Not
/// thread-safe.
final class SqlText {
    private final StringBuilder text = new StringBuilder(512);
    private final List<Object> values = new ArrayList<>();

    SqlText add(String sql) {
        text.append(sql);
        return this;
    }

    /// Adds a placeholder and its value.
    SqlText bind(Object value) {
        text.append('?');
        values.add(value);
        return this;
    }

    /// The statement, with a question mark for each value.
    @Override
    public String toString() {
        return text.toString();
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        var statement = connection.prepareStatement(text.toString());
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
        return statement;
    }
}
