package dev.highwater.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Beginning;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.NotKept;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QueryText;
import dev.highwater.sql.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.util.PSQLException;

/// `POST /api/query`: one statement that reads, in one snapshot, with limits on time and rows. What
/// it may see is decided by PostgreSQL, by the rights of the role that it runs as.
final class QueryService {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private static final Set<String> MEMBERS = Set.of("sql", "params", "as_of");
    private static final Set<String> READING =
            Set.of("select", "with", "values", "table", "explain", "show", "(");

    private static final String LAST_SETTLED =
            """
            select position from highwater.entry
            where position <= ? and settled order by position desc limit 1
            """;

    private static final String PERMISSION_DENIED = "42501";
    private static final String CANCELED = "57014";
    private static final String READ_ONLY = "25006";

    private final NodeAccess node;
    private final AsOf asOf;
    private final HttpSettings settings;

    QueryService(NodeAccess node, AsOf asOf, HttpSettings settings) {
        this.node = node;
        this.asOf = asOf;
        this.settings = settings;
    }

    HttpResponse query(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws SQLException {
        var body = body(request);
        var values = values(body.path("params"));
        var text = QueryText.parse(body.path("sql").asText(), values.keySet());
        checkReads(text);
        checkParameters(text, values);
        var settled = node.head().settled();
        var wanted = body.path("as_of");
        var position =
                wanted.isMissingNode() || wanted.isNull()
                        ? OptionalLong.empty()
                        : OptionalLong.of(
                                together(
                                        asOf.position(wanted.asText(), settled),
                                        settled.catalog()));
        try (var connection = node.reader().getConnection()) {
            connection.setAutoCommit(false);
            try {
                return answer(connection, text, values, position);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
                // The only thing of a statement that outlives its transaction.
                Sql.query(connection, "select pg_advisory_unlock_all()", _ -> true);
            }
        }
    }

    /// Views stand only at settled positions, and a query may read tables beside them.
    private long together(long position, Catalog catalog) throws SQLException {
        if (catalog.all().stream().noneMatch(Relation::isView)) {
            return position;
        }
        try (var connection = node.store().getConnection()) {
            var settled = Sql.first(connection, LAST_SETTLED, row -> row.getLong(1), position);
            // The entries that are kept begin behind a settled position.
            return settled.isPresent()
                    ? settled.get()
                    : Math.min(position, Beginning.load(connection).entriesFrom());
        }
    }

    private HttpResponse answer(
            Connection connection,
            QueryText text,
            Map<String, JsonNode> values,
            OptionalLong wanted)
            throws SQLException {
        long position = begin(connection, wanted);
        try (PreparedStatement statement = connection.prepareStatement(text.jdbc())) {
            // Values come in their text form as long as a statement is not kept prepared.
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            statement.setMaxRows(settings.queryRows() + 1);
            statement.setFetchSize(QueryResult.FETCH_ROWS);
            for (int i = 0; i < text.parameters().size(); i++) {
                bind(statement, i + 1, values.get(text.parameters().get(i)));
            }
            var result = QueryResult.read(statement, settings.queryRows());
            var headers =
                    ResponseHeaders.builder(HttpStatus.OK)
                            .contentType(MediaType.JSON_UTF_8)
                            .set(Names.POSITION, node.positions().format(position));
            if (result.truncated()) {
                headers.set(Names.TRUNCATED, "true");
            }
            return HttpResponse.of(
                    headers.build(),
                    HttpData.ofUtf8(result.json(node.positions().format(position))));
        } catch (SQLException e) {
            throw explained(e, text, wanted.isPresent());
        }
    }

    /// @return the position that the transaction's snapshot shows
    private long begin(Connection connection, OptionalLong asOf) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "set transaction isolation level repeatable read, read only;"
                            + " set local statement_timeout = "
                            + settings.queryTimeout().toMillis());
            if (asOf.isPresent()) {
                statement.execute(
                        "set local role highwater_as_of;"
                                + " set local search_path = public_as_of;"
                                + " set local highwater.as_of = '"
                                + asOf.getAsLong()
                                + "'");
                return asOf.getAsLong();
            }
            return Sql.first(connection, "select highwater.position()", row -> row.getLong(1))
                    .orElseThrow();
        }
    }

    private static JsonNode body(AggregatedHttpRequest request) {
        JsonNode body;
        try {
            body = JSON.readTree(request.content().array());
        } catch (JsonProcessingException e) {
            throw new Failure.Refused(
                    "bad-json", "the body is not JSON: " + Shown.of(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new Failure.Refused("bad-json", "the body is not UTF-8", e);
        }
        if (!body.isObject() || !body.path("sql").isTextual()) {
            throw new Failure.Refused(
                    "bad-json", "the body has to be {\"sql\":\"select …\"}, with params and as_of");
        }
        if (body.path("sql").asText().indexOf('\0') >= 0) {
            // It would end the statement inside a message that goes on.
            throw new Failure.Refused(
                    "bad-query", "the statement holds a NUL character, which no SQL has");
        }
        var names = body.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!MEMBERS.contains(name)) {
                throw new Failure.Refused(
                        "bad-json",
                        "there is no member \""
                                + Shown.of(name)
                                + "\"; there are sql, params and as_of");
            }
        }
        return body;
    }

    private static Map<String, JsonNode> values(JsonNode params) {
        var values = new LinkedHashMap<String, JsonNode>();
        if (params.isObject()) {
            params.properties().forEach(p -> values.put(p.getKey(), p.getValue()));
        } else if (params.isArray()) {
            for (int i = 0; i < params.size(); i++) {
                values.put(Integer.toString(i + 1), params.get(i));
            }
        } else if (!params.isMissingNode() && !params.isNull()) {
            throw new Failure.Refused(
                    "bad-json", "params has to be an object, or an array for $1, $2 and so on");
        }
        return values;
    }

    private static void checkReads(QueryText text) {
        if (!READING.contains(text.word())) {
            throw new Failure.Refused(
                    "bad-query",
                    "only statements that read are run here, such as select; this one begins with "
                            + Shown.of(text.word()));
        }
    }

    private static void checkParameters(QueryText text, Map<String, JsonNode> values) {
        for (var name : text.parameters()) {
            if (!values.containsKey(name)) {
                throw new Failure.Refused(
                        "bad-query", "params holds no value for " + written(name));
            }
        }
        var unused = new HashSet<>(values.keySet());
        unused.removeAll(text.parameters());
        if (!unused.isEmpty()) {
            throw new Failure.Refused(
                    "bad-query",
                    "the statement has no parameter " + written(unused.iterator().next()));
        }
    }

    private static String written(String parameter) {
        return Character.isDigit(parameter.charAt(0)) ? "$" + parameter : ":" + Shown.of(parameter);
    }

    /// Binds a value without a type, so that PostgreSQL finds the one that fits.
    private static void bind(PreparedStatement statement, int index, @Nullable JsonNode value)
            throws SQLException {
        if (value == null || value.isNull()) {
            statement.setNull(index, Types.OTHER);
        } else {
            statement.setObject(index, text(value), Types.OTHER);
        }
    }

    /// An array as PostgreSQL writes one, an object as JSON, everything else as it is.
    private static String text(JsonNode value) {
        if (value.isArray()) {
            var literal = new StringBuilder("{");
            for (var element : value) {
                literal.append(literal.length() == 1 ? "" : ",");
                if (element.isNull()) {
                    literal.append("null");
                } else if (element.isArray()) {
                    literal.append(text(element));
                } else {
                    literal.append('"');
                    literal.append(text(element).replace("\\", "\\\\").replace("\"", "\\\""));
                    literal.append('"');
                }
            }
            return literal.append('}').toString();
        }
        return value.isObject() ? value.toString() : value.asText();
    }

    /// What PostgreSQL has against a statement, with the place in it.
    private RuntimeException explained(SQLException e, QueryText text, boolean past)
            throws SQLException {
        NotKept.check(e);
        String state = String.valueOf(e.getSQLState());
        if (state.equals(CANCELED)) {
            return new Failure.Refused(
                    "query-timeout",
                    "the query took longer than " + settings.queryTimeout().toMillis() + " ms",
                    e);
        }
        var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        if (server == null && state.startsWith("42")) {
            // The driver reads a statement before PostgreSQL does: an open quote or comment.
            return new Failure.Refused("bad-query", Shown.of(String.valueOf(e.getMessage())), e);
        }
        if (server == null || state.startsWith("08") || state.startsWith("57P")) {
            throw e;
        }
        var line = new StringBuilder(String.valueOf(server.getMessage()));
        if (server.getPosition() > 0) {
            line.append(" at character ").append(text.written(server.getPosition()));
        }
        if (server.getHint() != null) {
            line.append("; ").append(server.getHint());
        }
        if (state.equals(PERMISSION_DENIED) && past) {
            line.append("; with as_of, write tables without a schema, or public_as_of.name");
        }
        return new Failure.Refused(
                state.equals(READ_ONLY) ? "read-only" : "bad-query", line.toString(), e);
    }
}
