package dev.highwater.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers whose end is not known when they begin. Each is written by a virtual thread of its own.
final class Streamed {
    private static final Logger log = LoggerFactory.getLogger(Streamed.class);

    private Streamed() {}

    /// Writes a body.
    @FunctionalInterface
    interface Body {
        void write(Outflow out) throws SQLException, InterruptedException;
    }

    /// Begins an answer. When the body fails, the client sees it break off.
    static HttpResponseWriter answer(
            ServiceRequestContext ctx, Executor executor, ResponseHeaders headers, Body body) {
        ctx.clearRequestTimeout();
        var writer = HttpResponse.streaming();
        writer.write(headers);
        executor.execute(
                () -> {
                    try {
                        body.write(new Outflow(writer));
                        writer.close();
                    } catch (SQLException | RuntimeException e) {
                        log.atWarn()
                                .addKeyValue("path", ctx.path())
                                .addKeyValue("cause", e.toString())
                                .log("an answer broke off");
                        writer.close(e);
                    } catch (InterruptedException e) {
                        writer.close(e);
                        Thread.currentThread().interrupt();
                    }
                });
        return writer;
    }
}
