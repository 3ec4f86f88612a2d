package dev.highwater.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// `/api/views`: which views are kept, making them and ending them.
final class ViewsService {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final NodeAccess node;
    private final Refusals refusals;

    ViewsService(NodeAccess node) {
        this.node = node;
        this.refusals = new Refusals(node);
    }

    HttpResponse list(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var all = JsonNodeFactory.instance.arrayNode();
        node.viewing().views().forEach(v -> all.add(json(v)));
        return answer(HttpStatus.OK, all.toString());
    }

    HttpResponse get(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        return answer(HttpStatus.OK, json(node.viewing().view(name(ctx))).toString());
    }

    HttpResponse put(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        boolean replace = flag(ctx, "replace");
        var created = create(name(ctx), query(request), replace);
        return answer(
                created.before() ? HttpStatus.OK : HttpStatus.CREATED,
                json(created.view()).toString());
    }

    private Viewing.Created create(QualifiedName name, String query, boolean replace) {
        try {
            return node.viewing().create(name, query, replace);
        } catch (Failure.Refused e) {
            String refused = e.line().contains("does not exist") ? refusals.inQuery(query) : "";
            throw refused.isEmpty() ? e : new Failure.Refused(e.code(), e.line() + refused, e);
        }
    }

    HttpResponse delete(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        boolean cascade = flag(ctx, "cascade");
        return answer(HttpStatus.OK, json(node.viewing().drop(name(ctx), cascade)).toString());
    }

    private static boolean flag(ServiceRequestContext ctx, String name) {
        var parameters = new Parameters(ctx.query(), Set.of(name, Access.TICKET));
        parameters.knownOnly();
        return parameters
                .one(name)
                .map(
                        text ->
                                switch (text) {
                                    case "true", "" -> true;
                                    case "false" -> false;
                                    default ->
                                            throw Parameters.bad(
                                                    name,
                                                    "'"
                                                            + Shown.of(text)
                                                            + "' is not true or false");
                                })
                .orElse(false);
    }

    private static QualifiedName name(ServiceRequestContext ctx) {
        return Identifiers.parse(String.valueOf(ctx.pathParam("name")));
    }

    /// The query in the body: the body itself, or a member of it where it is JSON.
    private static String query(AggregatedHttpRequest request) {
        var type = request.contentType();
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(request.content().array()))
                            .toString();
        } catch (CharacterCodingException e) {
            throw new Failure.Refused("bad-view", "the body is not UTF-8", e);
        }
        boolean json =
                type == null
                        ? text.stripLeading().startsWith("{")
                        : !type.is(MediaType.parse("application/sql"))
                                && (type.isJson() || text.stripLeading().startsWith("{"));
        String query = json ? member(text) : text;
        if (query.isBlank()) {
            throw new Failure.Refused(
                    "bad-view",
                    "the query is missing: send it as application/sql, or as"
                            + " {\"sql\":\"select …\"}");
        }
        if (query.indexOf('\0') >= 0) {
            throw new Failure.Refused(
                    "bad-view", "the query holds a NUL character, which no SQL has");
        }
        return query.strip();
    }

    private static String member(String text) {
        JsonNode body;
        try {
            body = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Failure.Refused(
                    "bad-json", "the body is not JSON: " + Shown.of(e.getOriginalMessage()), e);
        }
        if (!body.isObject() || !body.path("sql").isTextual() || body.size() != 1) {
            throw new Failure.Refused("bad-json", "the body has to be {\"sql\":\"select …\"}");
        }
        return body.path("sql").asText();
    }

    private ObjectNode json(Viewing.View view) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("name", view.name().toString());
        json.put("state", view.state());
        json.put("error", view.error());
        json.put("strategy", view.strategy());
        json.put("reason", view.reason());
        var depends = json.putArray("depends");
        view.depends().forEach(name -> depends.add(name.toString()));
        var indexes = json.putArray("indexes");
        view.indexes().forEach(indexes::add);
        json.put("mean_ms", Math.round(view.meanMillis() * 1000) / 1000.0);
        Long since = view.since();
        json.put("since", since == null ? null : node.positions().format(since));
        var key = json.putArray("key");
        view.key().forEach(key::add);
        var columns = json.putArray("columns");
        for (var column : view.columns()) {
            columns.addObject().put("name", column.name()).put("type", column.type());
        }
        json.put("query", view.query());
        return json;
    }

    private static HttpResponse answer(HttpStatus status, String json) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8, json + "\n");
    }
}
