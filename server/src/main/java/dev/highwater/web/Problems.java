package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.journal.JsonText;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells failures as `application/problem+json`: the one place that maps them to statuses.
final class Problems implements ServerErrorHandler {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final MediaType PROBLEM = MediaType.parse("application/problem+json");

    /// The answer for a failure of any kind.
    static HttpResponse of(Throwable thrown) {
        return answer(thrown).toHttpResponse();
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        return of(cause);
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return problem(status, word(status), detail(status, headers));
    }

    @Override
    public AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        // Whatever Armeria's decoder makes of it, what cannot be decoded is the client's doing.
        var told = status.isServerError() ? HttpStatus.BAD_REQUEST : status;
        return problem(
                told,
                word(told),
                description == null || description.isBlank() ? told.reasonPhrase() : description);
    }

    private static AggregatedHttpResponse answer(Throwable thrown) {
        return switch (Exceptions.peel(thrown)) {
            case Failure failure -> {
                var status = status(failure);
                if (failure instanceof Failure.Bug || failure instanceof Failure.Corrupt) {
                    log.error(failure.line(), failure);
                }
                yield problem(status, failure.code(), failure.line());
            }
            case HttpStatusException e ->
                    problem(e.httpStatus(), word(e.httpStatus()), detail(e.httpStatus(), null));
            case HttpResponseException e -> throw e;
            case ContentTooLargeException _ ->
                    problem(
                            HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                            "too-large",
                            "the request's body is larger than "
                                    + WebServer.REQUEST_BYTES_MAX
                                    + " bytes");
            case ClosedSessionException _, ClosedStreamException _ ->
                    problem(
                            HttpStatus.BAD_REQUEST,
                            "client-gone",
                            "the client went away before its request was complete");
            case SQLException e when isUnavailable(e) -> {
                log.atWarn()
                        .addKeyValue("cause", e.getMessage())
                        .log("a request found the store unavailable");
                yield problem(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "store-unavailable",
                        "the store cannot be reached now; try again");
            }
            case RequestTimeoutException _ ->
                    problem(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "request-timeout",
                            "the answer was not there after "
                                    + WebServer.REQUEST_TIMEOUT.toSeconds()
                                    + " s; try again when there is less to do");
            case RejectedExecutionException _ ->
                    problem(HttpStatus.SERVICE_UNAVAILABLE, "stopping", "the node is stopping");
            case Throwable other -> {
                log.error("a request failed", other);
                yield problem(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "bug",
                        "this should not have happened; the server's log says more");
            }
        };
    }

    private static HttpStatus status(Failure failure) {
        return switch (failure) {
            case Failure.Refused f ->
                    switch (f.code()) {
                        case "unauthorized", "wrong-token", "wrong-ticket" ->
                                HttpStatus.UNAUTHORIZED;
                        case "forbidden" -> HttpStatus.FORBIDDEN;
                        default -> HttpStatus.BAD_REQUEST;
                    };
            case Failure.Conflict _ -> HttpStatus.CONFLICT;
            case Failure.NotFound _ -> HttpStatus.NOT_FOUND;
            case Failure.Gone _ -> HttpStatus.GONE;
            case Failure.Unavailable _ -> HttpStatus.SERVICE_UNAVAILABLE;
            case Failure.Corrupt _, Failure.Bug _ -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /// Connections that fail (08), resources that are short (53), a server that stops (57), and a
    /// pool that has none to give, which has no state.
    private static boolean isUnavailable(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57");
    }

    private static String word(HttpStatus status) {
        return status.reasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    private static String detail(HttpStatus status, @Nullable RequestHeaders headers) {
        if (headers == null) {
            return status.reasonPhrase();
        }
        if (status.equals(HttpStatus.NOT_FOUND)) {
            return "there is nothing at this path; GET /api lists what there is";
        }
        if (status.equals(HttpStatus.METHOD_NOT_ALLOWED)) {
            return headers.method() + " is not possible here";
        }
        return status.reasonPhrase();
    }

    private static AggregatedHttpResponse problem(HttpStatus status, String code, String detail) {
        var json = new StringBuilder("{\"type\":");
        JsonText.quote(json, "highwater:" + code);
        json.append(",\"title\":");
        JsonText.quote(json, status.reasonPhrase());
        json.append(",\"status\":").append(status.code()).append(",\"detail\":");
        JsonText.quote(json, detail.replaceAll("\\s*\\R\\s*", " "));
        var headers = ResponseHeaders.builder(status).contentType(PROBLEM);
        if (status.equals(HttpStatus.UNAUTHORIZED)) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        return AggregatedHttpResponse.of(
                headers.build(), HttpData.ofUtf8(json.append("}\n").toString()));
    }
}
