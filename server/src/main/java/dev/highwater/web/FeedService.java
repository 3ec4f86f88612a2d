package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.apply.Head;
import dev.highwater.feed.FeedEvent;
import dev.highwater.feed.FeedSink;
import dev.highwater.feed.Subscription;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Selection;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;

/// `GET /api/relations/{name}/feed` and `GET /api/feed?relations=a,b`: feeds as server-sent events,
/// or as lines of JSON.
final class FeedService {
    private static final Set<String> WORDS = Set.of("after", "format", "select", Access.TICKET);
    private static final Set<String> WORDS_OF_SEVERAL =
            Set.of("after", "format", "relations", Access.TICKET);
    private static final MediaType NDJSON = MediaType.parse("application/x-ndjson");
    private static final int RELATIONS_MAX = 100;

    private final NodeAccess node;
    private final Refusals refusals;
    private final Executor executor;

    FeedService(NodeAccess node, Executor executor) {
        this.node = node;
        this.refusals = new Refusals(node);
        this.executor = executor;
    }

    HttpResponse one(ServiceRequestContext ctx, AggregatedHttpRequest request) throws SQLException {
        var parameters = new Parameters(ctx.query(), WORDS);
        var format = Format.of(request, parameters);
        var settled = node.head().settled();
        var after = after(request, parameters);
        var name = Identifiers.parse(String.valueOf(ctx.pathParam("name")));
        var relation = find(settled, name, after);
        var definition = relation.definition();
        var selection =
                new Selection(
                        relation.id(),
                        parameters.conditions(definition),
                        parameters.select(definition).orElse(null));
        return stream(
                ctx, request, format, node.feeds().subscribe(List.of(selection), false, after));
    }

    HttpResponse several(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws SQLException {
        var parameters = new Parameters(ctx.query(), WORDS_OF_SEVERAL);
        parameters.knownOnly();
        var format = Format.of(request, parameters);
        var settled = node.head().settled();
        var after = after(request, parameters);
        var selections = new ArrayList<Selection>();
        for (var name : names(parameters)) {
            var relation = find(settled, name, after);
            selections.add(new Selection(relation.id(), List.of(), null));
        }
        return stream(ctx, request, format, node.feeds().subscribe(selections, true, after));
    }

    private OptionalLong after(AggregatedHttpRequest request, Parameters parameters) {
        // A browser that reconnects says what it has seen, and asks for the URL it was given.
        String text =
                Optional.ofNullable(request.headers().get("last-event-id"))
                        .filter(id -> !id.isEmpty())
                        .or(() -> parameters.one("after"))
                        .orElse(null);
        return text == null ? OptionalLong.empty() : OptionalLong.of(node.positions().parse(text));
    }

    /// Without a position the relation has to be readable now; with one,
    /// [dev.highwater.feed.Feeds#subscribe] says what is wrong with the position.
    private Relation find(Head.Settled settled, QualifiedName name, OptionalLong after) {
        var newest = refusals.named(settled.catalog(), name);
        return after.isPresent() && newest.since() != null
                ? newest
                : refusals.readable(settled.catalog(), name, settled.position());
    }

    private static Set<QualifiedName> names(Parameters parameters) {
        String text =
                parameters
                        .one("relations")
                        .orElseThrow(
                                () ->
                                        Parameters.bad(
                                                "relations",
                                                "it is missing; write relations=orders,customers"));
        var names = new LinkedHashSet<QualifiedName>();
        for (var name : splitOutsideQuotes(text)) {
            if (!names.add(Identifiers.parse(name))) {
                throw Parameters.bad("relations", name + " is named twice");
            }
        }
        if (names.size() > RELATIONS_MAX) {
            throw Parameters.bad("relations", "more than " + RELATIONS_MAX + " are named");
        }
        return names;
    }

    private static List<String> splitOutsideQuotes(String text) {
        var parts = new ArrayList<String>();
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                quoted = !quoted;
            } else if (text.charAt(i) == ',' && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private HttpResponse stream(
            ServiceRequestContext ctx,
            AggregatedHttpRequest request,
            Format format,
            Subscription subscription) {
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(format.type())
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .set("x-accel-buffering", "no")
                        .build();
        if (request.method() == HttpMethod.HEAD) {
            return HttpResponse.of(headers);
        }
        var answer =
                Streamed.answer(
                        ctx, executor, headers, out -> subscription.run(new Sink(out, format)));
        var _ = answer.whenComplete().whenComplete((_, _) -> subscription.wake());
        return answer;
    }

    /// How events are written down.
    private enum Format {
        EVENTS,
        LINES;

        MediaType type() {
            return this == EVENTS ? MediaType.EVENT_STREAM : NDJSON;
        }

        static Format of(AggregatedHttpRequest request, Parameters parameters) {
            var format = parameters.one("format");
            if (format.isEmpty()) {
                return request.headers().accept().stream()
                                .anyMatch(t -> t.subtype().contains("ndjson"))
                        ? LINES
                        : EVENTS;
            }
            return switch (format.get()) {
                case "sse" -> EVENTS;
                case "ndjson" -> LINES;
                default -> throw Parameters.bad("format", "it is either sse or ndjson");
            };
        }

        byte[] frame(FeedEvent event) {
            String word = event.kind().word();
            String id = event.id();
            return switch (this) {
                case EVENTS ->
                        join(
                                "event: " + word + (id == null ? "" : "\nid: " + id) + "\ndata: ",
                                event.json(),
                                0,
                                "\n\n");
                case LINES -> join("{\"event\":\"" + word + "\",", event.json(), 1, "\n");
            };
        }

        private static byte[] join(String before, byte[] json, int from, String after) {
            byte[] start = before.getBytes(StandardCharsets.US_ASCII);
            byte[] end = after.getBytes(StandardCharsets.US_ASCII);
            var all = new byte[start.length + json.length - from + end.length];
            System.arraycopy(start, 0, all, 0, start.length);
            System.arraycopy(json, from, all, start.length, json.length - from);
            System.arraycopy(end, 0, all, all.length - end.length, end.length);
            return all;
        }
    }

    /// A client that takes events.
    private static final class Sink implements FeedSink {
        private static final byte[] RETRY = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);

        private final Outflow outflow;
        private final Format format;

        /// Tells browsers to reconnect after a second.
        Sink(Outflow outflow, Format format) throws InterruptedException {
            this.outflow = outflow;
            this.format = format;
            if (format == Format.EVENTS) {
                outflow.send(RETRY);
            }
        }

        @Override
        public boolean send(FeedEvent event) throws InterruptedException {
            return outflow.send(format.frame(event));
        }

        @Override
        public boolean isOpen() {
            return outflow.isOpen();
        }
    }
}
