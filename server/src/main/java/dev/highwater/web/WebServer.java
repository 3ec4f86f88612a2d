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
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The HTTP server. Every handler runs on a virtual thread of its own and may block.
public final class WebServer implements AutoCloseable {
    static final long REQUEST_BYTES_MAX = 1 << 20;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
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
        new Routes(builder, executor).all(node, settings, tickets, metrics, clock);
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
    private record Routes(ServerBuilder builder, ExecutorService executor) {

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
            get("/", new Page()::show);
            get("/healthz", status::healthy);
            get("/readyz", status::ready);
            get("/metrics", metrics::scrape);
            get("/api/status", plain(status::status));
            get("/api/tables", plain(tables::list));
            get("/api/tables/{table}", tables::get);
            on(HttpMethod.PUT, "/api/tables/{table}", tables::put);
            on(HttpMethod.DELETE, "/api/tables/{table}", tables::delete);
            get("/api/views", plain(views::list));
            get("/api/views/{name}", plain(views::get));
            on(HttpMethod.PUT, "/api/views/{name}", views::put);
            on(HttpMethod.DELETE, "/api/views/{name}", views::delete);
            get("/api/relations/{name}/rows", rows::rows);
            get("/api/relations/{name}/feed", feed::one);
            get("/api/feed", feed::several);
            get("/api/journal", journal::entries);
            on(HttpMethod.POST, "/api/verify", journal::verify);
            get("/api/backup", plain(backup::backup));
            builder.route()
                    .path("/api/restore")
                    .methods(HttpMethod.POST)
                    .maxRequestLength(0)
                    .build(backup::restore);
            on(HttpMethod.POST, "/api/query", query::query);
            on(HttpMethod.POST, "/api/tickets", (_, _) -> ticket(tickets));
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

        private void get(String path, Handler handler) {
            builder.route()
                    .path(path)
                    .methods(HttpMethod.GET, HttpMethod.HEAD)
                    .build(service(handler));
        }

        private void on(HttpMethod method, String path, Handler handler) {
            builder.route().path(path).methods(method).build(service(handler));
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
