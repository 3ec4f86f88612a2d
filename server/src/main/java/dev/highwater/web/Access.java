package dev.highwater.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may ask.
///
/// On loopback everyone on this machine may, unless tokens are configured; but a page of another
/// site that a browser on this machine shows may not, wherever it lets its own name point to.
final class Access implements DecoratingHttpServiceFunction {
    /// The parameter that carries a ticket.
    static final String TICKET = "ticket";

    private static final Set<String> LOOPBACK_NAMES =
            Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    /// What tells nothing but that the server is there.
    private static final Set<String> OPEN = Set.of("/", "/healthz", "/readyz");

    private final HttpSettings settings;
    private final Tickets tickets;
    private final boolean loopback;

    Access(HttpSettings settings, Tickets tickets) {
        this.settings = settings;
        this.tickets = tickets;
        HttpSettings.check(settings.host(), settings.tokens());
        this.loopback = HttpSettings.isLoopback(settings.host());
    }

    @Override
    public HttpResponse serve(HttpService next, ServiceRequestContext ctx, HttpRequest request)
            throws Exception {
        var headers = request.headers();
        checkHost(headers);
        checkOrigin(headers);
        if (!settings.tokens().isEmpty()
                && headers.method() != HttpMethod.OPTIONS
                && !OPEN.contains(ctx.path())) {
            checkToken(headers, ctx.queryParam(TICKET));
        }
        return next.serve(ctx, request);
    }

    private void checkToken(RequestHeaders headers, @Nullable String ticket) {
        String token = token(headers);
        if (isToken(token)) {
            return;
        }
        if (ticket != null && tickets.isValid(ticket)) {
            // It stands in an address, which others may come to see: nothing is changed with it,
            // and
            // no other one given out.
            if (headers.method() != HttpMethod.GET && headers.method() != HttpMethod.HEAD) {
                throw new Failure.Refused(
                        "unauthorized",
                        "a ticket is for GET alone: send the header Authorization: Bearer … with "
                                + headers.method());
            }
            return;
        }
        if (!token.isEmpty()) {
            throw new Failure.Refused(
                    "wrong-token", "the token is not the node's: it is none of its http.tokens");
        }
        if (ticket != null) {
            throw new Failure.Refused(
                    "wrong-ticket",
                    "the ticket is not the node's, or older than "
                            + Tickets.LIFE.toMinutes()
                            + " minutes: get another one from POST /api/tickets");
        }
        throw new Failure.Refused(
                "unauthorized",
                "a token is needed: send the header Authorization: Bearer …, or a ticket from"
                        + " POST /api/tickets as ?ticket=…");
    }

    private void checkHost(RequestHeaders headers) {
        String host = String.valueOf(headers.authority());
        if (loopback && !LOOPBACK_NAMES.contains(withoutPort(host).toLowerCase(Locale.ROOT))) {
            throw new Failure.Refused(
                    "forbidden", "host " + Shown.of(host) + " is not this server's name");
        }
    }

    private void checkOrigin(RequestHeaders headers) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null
                && !settings.origins().contains(origin)
                && !origin.substring(origin.indexOf("//") < 0 ? 0 : origin.indexOf("//") + 2)
                        .equals(headers.authority())) {
            throw new Failure.Refused(
                    "forbidden",
                    "origin " + Shown.of(origin) + " is not among the configured http.origins");
        }
    }

    /// The token that is given; empty when none is.
    private static String token(RequestHeaders headers) {
        String value = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        return value.regionMatches(true, 0, "Bearer ", 0, 7) ? value.substring(7).strip() : "";
    }

    private boolean isToken(String text) {
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (var token : settings.tokens()) {
            found |= MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "");
    }
}
