package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// `GET /metrics`: how the node is doing, for Prometheus.
final class Metrics {
    private static final MediaType TEXT =
            MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final PrometheusMeterRegistry registry = PrometheusMeterRegistries.newRegistry();
    private final NodeAccess node;

    /// Taken once for all meters of an answer.
    private volatile @Nullable NodeStatus status;

    Metrics(NodeAccess node) {
        this.node = node;
        Gauge.builder("highwater.position", node.head(), h -> h.settled().position())
                .description("The settled position")
                .register(registry);
        Gauge.builder("highwater.feed.subscribers", node.feeds(), f -> f.subscribers())
                .description("Feeds that are being read now")
                .register(registry);
        gauge(
                "highwater.capture.lag.bytes",
                "WAL of the source that is not in the store yet",
                s -> s.capture().lagBytes());
        gauge(
                "highwater.capture.lag.seconds",
                "Age of the oldest commit that is not in the store yet",
                s -> s.capture().lagSeconds());
        counter("highwater.applied.batches", "Batches applied", s -> s.applied().batches());
        counter("highwater.applied.entries", "Entries applied", s -> s.applied().entries());
        counter("highwater.applied.changes", "Changes applied", s -> s.applied().changes());
        gauge(
                "highwater.journal.kept.from",
                "The position up to which the journal's changes are not kept",
                s -> s.kept().journalFrom());
        counter(
                "highwater.retention.deleted",
                "Rows of the past deleted by retention",
                s -> s.kept().deleted());
    }

    MeterRegistry registry() {
        return registry;
    }

    HttpResponse scrape(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        status = node.status().get();
        return HttpResponse.of(HttpStatus.OK, TEXT, registry.scrape());
    }

    private void gauge(String name, String description, ToDoubleFunction<NodeStatus> value) {
        Gauge.builder(name, this, m -> m.read(value)).description(description).register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<NodeStatus> value) {
        FunctionCounter.builder(name, this, m -> m.read(value))
                .description(description)
                .register(registry);
    }

    private double read(ToDoubleFunction<NodeStatus> value) {
        var current = status;
        return current == null ? 0 : value.applyAsDouble(current);
    }
}
