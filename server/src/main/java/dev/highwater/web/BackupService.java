package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.backup.Backup;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// `GET /api/backup` and `POST /api/restore`.
final class BackupService {
    /// The header with the key that allows a restore.
    private static final String KEY = "highwater-restore-key";

    private static final int CHUNK = 64 << 10;

    private final NodeAccess node;
    private final Executor executor;

    BackupService(NodeAccess node, Executor executor) {
        this.node = node;
        this.executor = executor;
    }

    HttpResponse backup(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws SQLException {
        var headers = ResponseHeaders.builder(HttpStatus.OK).contentType(MediaType.ZIP).build();
        if (request.method() == HttpMethod.HEAD) {
            return HttpResponse.of(headers);
        }
        var backup = Backup.begin(node.store());
        return Streamed.answer(
                ctx,
                executor,
                headers,
                out -> {
                    try (backup;
                            var body = new BufferedOutputStream(new Body(out), CHUNK)) {
                        backup.write(body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /// Takes the request as it arrives; a backup may be long.
    HttpResponse restore(ServiceRequestContext ctx, HttpRequest request) {
        ctx.clearRequestTimeout();
        String key = request.headers().get(KEY, "");
        return HttpResponse.of(
                CompletableFuture.supplyAsync(
                        () -> {
                            try (var backup = request.toInputStream(HttpData.class::cast)) {
                                var restore = node.restoring().accept(key, backup);
                                // Not before the client knows.
                                var _ = ctx.log().whenComplete().thenRun(restore);
                                return HttpResponse.of(
                                        HttpStatus.ACCEPTED,
                                        MediaType.JSON_UTF_8,
                                        "{\"state\":\"restoring\"}\n");
                            } catch (IOException | RuntimeException e) {
                                return Problems.of(e);
                            }
                        },
                        executor));
    }

    /// The body of an answer as a stream.
    private static final class Body extends OutputStream {
        private final Outflow out;

        Body(Outflow out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                if (!out.send(Arrays.copyOfRange(bytes, from, from + length))) {
                    throw new IOException("the client went away");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
