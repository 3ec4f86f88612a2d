package dev.highwater.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
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

/// `/api/tables`: which tables are published, and publishing them.
final class TablesService {
    private final NodeAccess node;

    TablesService(NodeAccess node) {
        this.node = node;
    }

    HttpResponse list(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var all = JsonNodeFactory.instance.arrayNode();
        node.publishing().tables().forEach(t -> all.add(json(t)));
        return answer(HttpStatus.OK, all.toString());
    }

    HttpResponse get(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var name = name(ctx);
        return node.publishing()
                .table(name)
                .map(t -> answer(HttpStatus.OK, json(t).toString()))
                .orElseThrow(
                        () ->
                                new Failure.NotFound(
                                        "unknown-table",
                                        "table "
                                                + Shown.of(name.toString())
                                                + " is not published; `highwater tables` lists them"));
    }

    HttpResponse put(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var published = node.publishing().publish(name(ctx));
        return answer(
                published.before() ? HttpStatus.OK : HttpStatus.CREATED,
                json(published.table()).toString());
    }

    HttpResponse delete(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        return answer(HttpStatus.OK, json(node.publishing().unpublish(name(ctx))).toString());
    }

    private static QualifiedName name(ServiceRequestContext ctx) {
        return Identifiers.parse(String.valueOf(ctx.pathParam("table")));
    }

    private ObjectNode json(Publishing.Table table) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("name", table.name().toString());
        json.put("state", table.state());
        json.put("reason", table.reason());
        Long since = table.since();
        json.put("since", since == null ? null : node.positions().format(since));
        json.put("filled", table.filled());
        ArrayNode key = json.putArray("key");
        table.key().forEach(key::add);
        ArrayNode columns = json.putArray("columns");
        for (var column : table.columns()) {
            columns.addObject().put("name", column.name()).put("type", column.type());
        }
        return json;
    }

    private static HttpResponse answer(HttpStatus status, String json) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8, json + "\n");
    }
}
