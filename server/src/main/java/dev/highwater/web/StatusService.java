package dev.highwater.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.relation.Relation;
import java.util.List;
import java.util.function.Predicate;

/// `/healthz`, `/readyz` and `/api/status`.
final class StatusService {
    private final NodeAccess node;

    StatusService(NodeAccess node) {
        this.node = node;
    }

    HttpResponse healthy(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        return HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, "ok\n");
    }

    HttpResponse ready(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var reason = node.readiness().get();
        if (reason.isPresent()) {
            throw new Failure.Unavailable("not-ready", reason.get());
        }
        return HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, "ready\n");
    }

    HttpResponse status(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        var status = node.status().get();
        var settled = node.head().settled();
        var json = JsonNodeFactory.instance.objectNode();
        json.put("node", status.node());
        json.put("shard", status.shard());
        json.put("incarnation", node.positions().incarnation());
        json.put("position", node.positions().format(settled.position()));
        json.put("started", status.started().toString());
        var capture = status.capture();
        json.putObject("capture")
                .put("state", capture.state())
                .put("mark", capture.mark())
                .put("lag_bytes", capture.lagBytes())
                .put("lag_seconds", capture.lagSeconds())
                .put("error", capture.error());
        var followers = json.putArray("followers");
        for (var follower : status.followers()) {
            followers
                    .addObject()
                    .put("name", follower.name())
                    .put("mark", follower.mark())
                    .put("lag", follower.lag())
                    .put("state", follower.state())
                    .put("error", follower.error());
        }
        var relations = settled.catalog().all();
        var tables = json.putObject("tables");
        count(tables, relations.stream().filter(r -> !r.isView()).toList());
        try {
            tables.put("refused", node.publishing().refused().size());
        } catch (Failure.Unavailable _) {
            tables.putNull("refused"); // The source is away.
        }
        count(json.putObject("views"), relations.stream().filter(Relation::isView).toList());
        json.put("journal_kept_from", node.positions().format(status.kept().journalFrom()));
        json.put("subscribers", node.feeds().subscribers());
        if (status.restoreError() != null) {
            json.put("restore_error", status.restoreError());
        }
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json + "\n");
    }

    private static void count(ObjectNode json, List<Relation> relations) {
        json.put("live", count(relations, Relation.State.Live.class::isInstance))
                .put("filling", count(relations, Relation.State.Filling.class::isInstance))
                .put("stopped", count(relations, Relation.State.Stopped.class::isInstance));
    }

    private static long count(List<Relation> relations, Predicate<Relation.State> wanted) {
        return relations.stream().map(Relation::state).filter(wanted).count();
    }
}
