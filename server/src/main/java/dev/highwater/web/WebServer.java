package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import dev.highwater.failure.Failure;
import dev.highwater.journal.JsonText;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The HTTP server. Every handler runs on a virtual thread of its own and may block.
public final class WebServer implements AutoCloseable {
    static final long REQUEST_BYTES_MAX = 1 << 20;

    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    private final Server server;
    private final ExecutorService executor;
    private final NodeAccess node;
    private final String host;

    private WebServer(Server server, ExecutorService executor, NodeAccess node, String host) {
        this.server = server;
        this.executor = executor;
        this.node = node;
        this.host = host;
    }

    /// Binds and begins to answer.
    ///
    /// @throws Failure.Refused `token-needed` when others could reach it without a token
    /// @throws Failure.Unavailable `port-taken`
    public static WebServer start(HttpSettings settings, NodeAccess node, Clock clock) {
        var executor =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http ", 0).factory());
        var tickets = new Tickets(clock);
        var access = new Access(settings, tickets);
        var metrics = new Metrics(node);
        var builder = Server.builder();
        builder.http(new InetSocketAddress(settings.host(), settings.port()));
        builder.errorHandler(new Problems());
        // [Problems] logs what is worth it; a refused request is not.
        builder.unloggedExceptionsReportInterval(Duration.ZERO);
        builder.meterRegistry(metrics.registry());
        builder.maxRequestLength(REQUEST_BYTES_MAX);
        builder.requestTimeout(REQUEST_TIMEOUT);
        // What close() waits for is enough; Armeria would wait for idle connections too.
        builder.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
        builder.connectionDrainDuration(Duration.ZERO);
        builder.bossGroupFactory(_ -> new Acceptor());
        builder.decorator(
                MetricCollectingService.newDecorator(
                        MeterIdPrefixFunction.ofDefault("highwater.http")));
        builder.decorator(access);
        if (!settings.origins().isEmpty()) {
            builder.decorator(cors(settings));
        }
        new Routes(builder, executor, new ArrayList<>())
                .all(node, settings, tickets, metrics, clock);
        var server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            executor.close();
            throw new Failure.Unavailable(
                    "port-taken",
                    "port "
                            + settings.port()
                            + " on "
                            + settings.host()
                            + " is taken or cannot be used ("
                            + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "): stop who has it, or choose another with --http PORT (0 takes any"
                            + " free one)",
                    e);
        }
        return new WebServer(server, executor, node, settings.host());
    }

    /// The port that it listens on.
    public int port() {
        return server.activeLocalPort();
    }

    /// Where it is reached, such as `http://127.0.0.1:4747`.
    public String url() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + name + ":" + port();
    }

    /// Ends all feeds, lets what is being answered be finished for a moment, and stops answering.
    @Override
    public void close() {
        node.feeds().close();
        executor.shutdown();
        boolean interrupted = false;
        try {
            var _ = executor.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        server.stop().join();
        executor.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static java.util.function.Function<? super HttpService, CorsService> cors(
            HttpSettings settings) {
        return CorsService.builder(settings.origins())
                .allowRequestMethods(
                        HttpMethod.GET,
                        HttpMethod.HEAD,
                        HttpMethod.POST,
                        HttpMethod.PUT,
                        HttpMethod.DELETE)
                .allowRequestHeaders(
                        "authorization", "content-type", "last-event-id", "if-none-match")
                .exposeHeaders(Names.POSITION, Names.TRUNCATED, "etag")
                .maxAge(Duration.ofHours(1))
                .newDecorator();
    }

    /// Answers one request; may block and may throw a [Failure].
    @FunctionalInterface
    interface Handler {
        HttpResponse handle(ServiceRequestContext ctx, AggregatedHttpRequest request)
                throws Exception;
    }

    /// Which request is answered by whom.
    private record Routes(ServerBuilder builder, ExecutorService executor, List<Listed> listed) {
        /// A route, as `GET /api` tells it.
        private record Listed(HttpMethod method, String path, String is) {}

        void all(
                NodeAccess node,
                HttpSettings settings,
                Tickets tickets,
                Metrics metrics,
                Clock clock) {
            var asOf = new AsOf(node.store(), node.positions(), clock);
            var rows = new RowsService(node, asOf, executor);
            var feed = new FeedService(node, executor);
            var tables = new TablesService(node);
            var views = new ViewsService(node);
            var status = new StatusService(node);
            var journal = new JournalService(node, executor);
            var query = new QueryService(node, asOf, settings);
            var backup = new BackupService(node, executor);
            get("/", "a page to look at", new Page()::show);
            get("/healthz", "whether the process lives", status::healthy);
            get("/readyz", "whether it can answer, or why not", status::ready);
            get("/metrics", "numbers for Prometheus", metrics::scrape);
            get("/api", "this list", plain(this::list));
            get("/api/status", "position, lag, followers", plain(status::status));
            get("/api/tables", "tables and their state", plain(tables::list));
            get("/api/tables/{table}", "one of them", tables::get);
            on(HttpMethod.PUT, "/api/tables/{table}", "publish it", tables::put);
            on(
                    HttpMethod.DELETE,
                    "/api/tables/{table}",
                    "unpublish it; history stays",
                    tables::delete);
            get("/api/views", "live views and their state", plain(views::list));
            get("/api/views/{name}", "one of them", plain(views::get));
            on(
                    HttpMethod.PUT,
                    "/api/views/{name}",
                    "make it: the query as application/sql, or {\"sql\":…}; ?replace=true",
                    views::put);
            on(
                    HttpMethod.DELETE,
                    "/api/views/{name}",
                    "drop it; history stays; ?cascade=true",
                    views::delete);
            get(
                    "/api/relations/{name}/rows",
                    "rows: ?column=op.value, order, limit, offset, select, as_of",
                    rows::rows);
            get(
                    "/api/relations/{name}/feed",
                    "rows, then changes, as server-sent events or NDJSON: ?after, column=op.value, select",
                    feed::one);
            get("/api/feed", "one feed of several: ?relations=a,b, after", feed::several);
            get("/api/journal", "entries: ?after, limit, last, shard", journal::entries);
            on(HttpMethod.POST, "/api/verify", "check the journal's hashes", journal::verify);
            get("/api/backup", "all that the store holds, as a ZIP", plain(backup::backup));
            listed.add(new Listed(HttpMethod.POST, "/api/restore", "put such a ZIP in its place"));
            builder.route()
                    .path("/api/restore")
                    .methods(HttpMethod.POST)
                    .maxRequestLength(0)
                    .defaultServiceName("/api/restore")
                    .build(backup::restore);
            on(
                    HttpMethod.POST,
                    "/api/query",
                    "one read-only statement: {\"sql\":…,\"params\":…,\"as_of\":…}",
                    query::query);
            on(
                    HttpMethod.POST,
                    "/api/tickets",
                    "a ticket for a browser's EventSource",
                    (_, _) -> ticket(tickets));
        }

        private HttpResponse list(ServiceRequestContext ctx, AggregatedHttpRequest request) {
            var json = new StringBuilder("[");
            for (var route : listed) {
                json.append(json.length() == 1 ? "{\"method\":\"" : ",\n{\"method\":\"");
                json.append(route.method()).append("\",\"path\":\"").append(route.path());
                JsonText.quote(json.append("\",\"is\":"), route.is());
                json.append('}');
            }
            return HttpResponse.of(
                    HttpStatus.OK, MediaType.JSON_UTF_8, json.append("]\n").toString());
        }

        private static HttpResponse ticket(Tickets tickets) {
            return HttpResponse.of(
                    HttpStatus.CREATED,
                    MediaType.JSON_UTF_8,
                    "{\"ticket\":\""
                            + tickets.issue()
                            + "\",\"seconds\":"
                            + Tickets.LIFE.toSeconds()
                            + "}\n");
        }

        /// For what knows no parameters.
        private static Handler plain(Handler handler) {
            return (ctx, request) -> {
                new Parameters(ctx.query(), Set.of(Access.TICKET)).knownOnly();
                return handler.handle(ctx, request);
            };
        }

        private void get(String path, String is, Handler handler) {
            listed.add(new Listed(HttpMethod.GET, path, is));
            builder.route()
                    .path(path)
                    .methods(HttpMethod.GET, HttpMethod.HEAD)
                    .defaultServiceName(path)
                    .build(service(handler));
        }

        private void on(HttpMethod method, String path, String is, Handler handler) {
            listed.add(new Listed(method, path, is));
            builder.route()
                    .path(path)
                    .methods(method)
                    .defaultServiceName(path)
                    .build(service(handler));
        }

        private HttpService service(Handler handler) {
            return (ctx, request) ->
                    HttpResponse.of(
                            request.aggregate()
                                    .thenApplyAsync(
                                            whole -> answer(handler, ctx, whole), executor));
        }

        private static HttpResponse answer(
                Handler handler, ServiceRequestContext ctx, AggregatedHttpRequest request) {
            try {
                return handler.handle(ctx, request);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Problems.of(e);
            } catch (Exception e) {
                return Problems.of(e);
            }
        }
    }
}
