package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Beginning;
import dev.highwater.journal.JsonText;
import dev.highwater.journal.RunText;
import dev.highwater.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// `GET /api/journal` and `POST /api/verify`.
final class JournalService {
    private static final String MORE =
            """
            select 1 from highwater.entry
            where position > ? and position <= ? and (?::int is null or shard = ?) and seq > 0
            order by position offset ? limit 1
            """;

    private static final MediaType NDJSON = MediaType.parse("application/x-ndjson");
    private static final Set<String> WORDS =
            Set.of("after", "last", "limit", "shard", Access.TICKET);
    private static final long LIMIT = 100;
    private static final int FETCH_ROWS = 200;
    private static final int CHUNK = 64 << 10;

    private final NodeAccess node;
    private final Executor executor;

    JournalService(NodeAccess node, Executor executor) {
        this.node = node;
        this.executor = executor;
    }

    HttpResponse entries(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws SQLException {
        var parameters = new Parameters(ctx.query(), WORDS);
        parameters.knownOnly();
        var asked = parameters.one("after").map(node.positions()::parse);
        long keptFrom = keptFrom();
        long after = asked.orElse(keptFrom);
        var last = parameters.count("last");
        if (last.isPresent() && parameters.one("limit").isPresent()) {
            throw Parameters.bad("last", "it says already how many entries; leave limit out");
        }
        long limit = last.or(() -> parameters.count("limit")).orElse(LIMIT);
        String entries = entries(last.isPresent() ? "desc" : "asc");
        var shard = parameters.count("shard").map(s -> (int) Math.min(s, Integer.MAX_VALUE));
        checkKept(after, keptFrom);
        long settled = node.head().settled().position();
        if (after > settled) {
            throw AsOf.future(node.positions().format(after), node.positions().format(settled));
        }
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .set(Names.POSITION, node.positions().format(settled));
        if (request.method() == HttpMethod.HEAD) {
            return HttpResponse.of(headers.build());
        }
        if (last.isEmpty() && hasMore(after, settled, shard.orElse(null), limit)) {
            headers.set(Names.TRUNCATED, "true");
        }
        return Streamed.answer(
                ctx,
                executor,
                headers.build(),
                out -> {
                    try (var connection = node.store().getConnection()) {
                        connection.setAutoCommit(false);
                        try (var query = connection.prepareStatement(entries)) {
                            Sql.update(
                                    connection, "set transaction isolation level repeatable read");
                            long first = Beginning.load(connection).keptFrom();
                            long from = asked.orElse(first);
                            checkKept(from, first);
                            query.setFetchSize(FETCH_ROWS);
                            query.setLong(1, from);
                            query.setLong(2, settled);
                            query.setObject(3, shard.orElse(null));
                            query.setObject(4, shard.orElse(null));
                            query.setLong(5, limit);
                            write(query, out);
                        } finally {
                            connection.rollback();
                            connection.setAutoCommit(true);
                        }
                    }
                });
    }

    /// Entries with their changes, each entry once for each change.
    ///
    /// @param direction of the positions of which the first are taken
    private static String entries(String direction) {
        return """
        select e.position, e.kind, e.shard, e.epoch, e.seq, e.lamport,
               to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
               encode(e.hash, 'hex') as hash, c.ordinal, c.body
        from (select * from highwater.entry
              where position > ? and position <= ? and (?::int is null or shard = ?) and seq > 0
              order by position %s limit ?) e
        left join highwater.change c on c.position = e.position
        order by e.position, c.ordinal
        """
                .formatted(direction);
    }

    private boolean hasMore(long after, long settled, @Nullable Integer shard, long limit)
            throws SQLException {
        try (var connection = node.store().getConnection()) {
            return Sql.first(connection, MORE, row -> true, after, settled, shard, shard, limit)
                    .isPresent();
        }
    }

    private long keptFrom() throws SQLException {
        try (var connection = node.store().getConnection()) {
            return Beginning.load(connection).keptFrom();
        }
    }

    private void checkKept(long after, long keptFrom) {
        if (after < keptFrom) {
            throw new Failure.Gone(
                    "not-kept",
                    "the journal up to position "
                            + node.positions().format(keptFrom)
                            + " is not kept any more (retention); what is kept comes after that, not"
                            + " after "
                            + node.positions().format(after));
        }
    }

    private void write(PreparedStatement query, Outflow out)
            throws SQLException, InterruptedException {
        var json = new StringBuilder("[");
        long current = -1;
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                if (row.getLong("position") != current) {
                    json.append(current < 0 ? "" : "]},\n");
                    current = row.getLong("position");
                    entry(json, row);
                } else {
                    json.append(',');
                }
                if (row.getObject("ordinal") != null) {
                    json.append(String.join(",", RunText.texts(row.getString("body"))));
                }
                if (json.length() >= CHUNK) {
                    if (!out.send(json.toString().getBytes(StandardCharsets.UTF_8))) {
                        return;
                    }
                    json.setLength(0);
                }
            }
        }
        json.append(current < 0 ? "]\n" : "]}]\n");
        out.send(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void entry(StringBuilder json, ResultSet row) throws SQLException {
        json.append("{\"position\":\"").append(node.positions().format(row.getLong("position")));
        json.append("\",\"kind\":\"").append(row.getString("kind"));
        json.append("\",\"shard\":").append(row.getInt("shard"));
        json.append(",\"epoch\":").append(row.getInt("epoch"));
        json.append(",\"seq\":").append(row.getString("seq"));
        json.append(",\"lamport\":").append(row.getLong("lamport"));
        json.append(",\"at\":\"").append(row.getString("at"));
        json.append("\",\"hash\":\"").append(row.getString("hash"));
        json.append("\",\"changes\":[");
    }

    HttpResponse verify(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var headers = ResponseHeaders.builder(HttpStatus.OK).contentType(NDJSON).build();
        return Streamed.answer(
                ctx,
                executor,
                headers,
                out -> {
                    var verdict =
                            node.verifier()
                                    .verify(
                                            (entries, of) ->
                                                    line(
                                                            out,
                                                            "{\"checked\":"
                                                                    + entries
                                                                    + ",\"of\":"
                                                                    + of
                                                                    + "}"));
                    line(out, json(verdict));
                });
    }

    private String json(Verifier.Verdict verdict) {
        return switch (verdict) {
            case Verifier.Verdict.Whole(long entries, long changes, String head, long keptFrom) ->
                    "{\"ok\":true,\"entries\":%d,\"changes\":%d,\"head\":\"%s\",\"kept_from\":\"%s\"}"
                            .formatted(entries, changes, head, node.positions().format(keptFrom));
            case Verifier.Verdict.Broken broken -> {
                var json = new StringBuilder("{\"ok\":false,\"entries\":" + broken.entries());
                json.append(",\"broken\":{\"position\":\"");
                json.append(node.positions().format(broken.position()));
                json.append("\",\"shard\":").append(broken.shard());
                json.append(",\"seq\":").append(broken.seq()).append(",\"reason\":");
                JsonText.quote(json, broken.reason());
                yield json.append("}}").toString();
            }
        };
    }

    private static boolean line(Outflow out, String json) throws InterruptedException {
        return out.send((json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
