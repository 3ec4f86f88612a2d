package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.relation.Ordering;
import dev.highwater.relation.RowStream;
import dev.highwater.relation.Selection;
import dev.highwater.relation.Versions.RowsQuery;
import dev.highwater.sql.Identifiers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/// `GET /api/relations/{name}/rows`: rows now or as of a position.
final class RowsService {
    private static final Set<String> WORDS =
            Set.of("select", "order", "limit", "offset", "as_of", Access.TICKET);
    private static final long LIMIT = 1000;

    /// Answers up to this size are complete before their first byte is sent.
    private static final int WHOLE = 1 << 20;

    private static final int CHUNK = 64 << 10;

    private final NodeAccess node;
    private final Refusals refusals;
    private final AsOf asOf;
    private final Executor executor;

    RowsService(NodeAccess node, AsOf asOf, Executor executor) {
        this.node = node;
        this.refusals = new Refusals(node);
        this.asOf = asOf;
        this.executor = executor;
    }

    HttpResponse rows(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws SQLException {
        var parameters = new Parameters(ctx.query(), WORDS);
        var name = Identifiers.parse(String.valueOf(ctx.pathParam("name")));
        var settled = node.head().settled();
        var wanted = parameters.one("as_of");
        long position =
                wanted.isPresent() ? asOf.position(wanted.get(), settled) : settled.position();
        var past = wanted.isPresent() ? node.viewing().past(name, position) : null;
        var relation =
                past == null
                        ? refusals.readable(settled.catalog(), name, position)
                        : past.relation();
        var definition = relation.definitionAt(position);
        var conditions = parameters.conditions(definition);
        node.versions().check(conditions);
        var order = parameters.one("order").map(text -> Ordering.parse(definition, text));
        long limit = parameters.count("limit").orElse(LIMIT);
        var query =
                new RowsQuery(
                        relation,
                        position,
                        new Selection(
                                relation.id(),
                                conditions,
                                parameters.select(definition).orElse(null)),
                        order.orElse(List.of()),
                        null,
                        limit + 1,
                        parameters.count("offset").orElse(0L),
                        false,
                        past == null ? null : past.query());

        String tag = "\"" + node.positions().format(position) + "\"";
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .set(Names.POSITION, node.positions().format(position))
                        .set(HttpHeaderNames.ETAG, tag)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        if (tag.equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH))) {
            return HttpResponse.of(headers.status(HttpStatus.NOT_MODIFIED).build());
        }
        if (request.method() == HttpMethod.HEAD) {
            return HttpResponse.of(headers.build());
        }
        return answer(ctx, headers, query, limit);
    }

    /// Reads until the answer is complete or has become large; a large one goes on as a stream.
    private HttpResponse answer(
            ServiceRequestContext ctx, ResponseHeadersBuilder headers, RowsQuery query, long limit)
            throws SQLException {
        var rows = node.versions().rows(query);
        boolean streams = false;
        try {
            var body = new JsonRows(rows, limit);
            while (body.out.length() < WHOLE && body.add()) {}
            if (body.isComplete()) {
                if (body.truncated) {
                    headers.set(Names.TRUNCATED, "true");
                }
                return HttpResponse.of(headers.build(), HttpData.wrap(body.take()));
            }
            if (hasMore(query, limit)) {
                headers.set(Names.TRUNCATED, "true");
            }
            var answer =
                    Streamed.answer(
                            ctx,
                            executor,
                            headers.build(),
                            out -> {
                                try (rows) {
                                    boolean open = true;
                                    while (open && body.add()) {
                                        if (body.out.length() >= CHUNK) {
                                            open = out.send(body.take());
                                        }
                                    }
                                    out.send(body.take());
                                }
                            });
            streams = true;
            return answer;
        } finally {
            if (!streams) {
                rows.close();
            }
        }
    }

    /// Whether there are rows behind the limit; versions of a settled position do not change, so
    /// that asking apart is as good.
    private boolean hasMore(RowsQuery query, long limit) throws SQLException {
        try (var behind = node.versions().rows(query.page(1, query.offset() + limit))) {
            return behind.next() != null;
        }
    }

    /// Rows as a JSON array, as far as they were read.
    private static final class JsonRows {
        private final RowStream rows;
        private final long limit;
        private final StringBuilder out = new StringBuilder("[");
        private long count;
        private boolean complete;
        private boolean truncated;

        JsonRows(RowStream rows, long limit) {
            this.rows = rows;
            this.limit = limit;
        }

        /// @return whether there may be more
        boolean add() throws SQLException {
            var row = rows.next();
            if (row == null || count == limit) {
                truncated = row != null;
                complete = true;
                out.append("]\n");
                return false;
            }
            out.append(count++ == 0 ? "" : ",\n");
            rows.format().row(out, row);
            return true;
        }

        boolean isComplete() {
            return complete;
        }

        byte[] take() {
            byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
            out.setLength(0);
            return bytes;
        }
    }
}
