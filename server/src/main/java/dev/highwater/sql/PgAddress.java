package dev.highwater.sql;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where a PostgreSQL database is and who connects to it. [#toString] leaves the password out, so
/// an address may be logged; [#uri] may not.
///
/// @param tls how the connection is secured: `sslmode`, `sslrootcert`, `sslcert` and `sslkey`, as
///   psql knows them
public record PgAddress(
        String host,
        int port,
        String database,
        String user,
        String password,
        Map<String, String> tls) {

    private static final int DEFAULT_PORT = 5432;
    private static final Set<String> TLS = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");
    private static final Set<String> MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private static final Pattern SCHEME = Pattern.compile("(jdbc:)?[A-Za-z]+://");
    private static final Pattern PASSWORD =
            Pattern.compile(
                    "((?:pass\\w*|pwd|pw|secret|token)\\s*=).*",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}([/?].*)?");
    private static final String HIDDEN = "***";

    public PgAddress {
        tls = Collections.unmodifiableMap(new TreeMap<>(tls));
        if (host.isBlank() || database.isBlank() || user.isBlank()) {
            throw refused("host, user and database must all be given");
        }
        if (port < 1 || port > 65535) {
            throw refused("port " + port + " is not between 1 and 65535");
        }
    }

    /// An address that leaves the securing of the connection to the server.
    public PgAddress(String host, int port, String database, String user, String password) {
        this(host, port, database, user, password, Map.of());
    }

    /// Reads `postgresql://user:password@host:port/database` (or `postgres://`), parts
    /// percent-encoded, port 5432 unless given, TLS parameters behind `?`.
    ///
    /// @throws Failure.Refused `bad-address`, with the text but without its password
    public static PgAddress parse(String text) {
        try {
            return read(text.strip());
        } catch (Failure.Refused e) {
            throw new Failure.Refused(
                    e.code(),
                    "'%s' is not a database address: %s; write postgresql://user:password@host:port/database"
                            .formatted(Shown.of(withoutPassword(text.strip())), e.line()),
                    e);
        }
    }

    private static PgAddress read(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Neither the text nor the exception may be shown: both hold the password.
            throw refused(
                    "it cannot be read at character " + (e.getIndex() + 1) + ": " + e.getReason());
        }
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.equals("postgresql") && !scheme.equals("postgres")) {
            throw refused("it does not start with postgresql://");
        }
        if (uri.getRawFragment() != null) {
            throw refused("it has a # after the database");
        }
        String authority = String.valueOf(uri.getRawAuthority());
        int at = authority.lastIndexOf('@');
        if (at < 0 || uri.getHost() == null) {
            throw refused("it needs a user and a host");
        }
        String[] login = authority.substring(0, at).split(":", 2);
        String path = uri.getRawPath();
        String database = path.startsWith("/") ? decode(path.substring(1)) : "";
        return new PgAddress(
                unbracket(uri.getHost()),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                database,
                decode(login[0]),
                login.length == 2 ? decode(login[1]) : "",
                tls(uri.getRawQuery()));
    }

    private static Map<String, String> tls(@Nullable String query) {
        var result = new TreeMap<String, String>();
        if (query == null) {
            return result;
        }
        for (String part : query.split("&", -1)) {
            String[] pair = part.split("=", 2);
            if (!TLS.contains(pair[0]) || pair.length == 1) {
                throw refused(
                        "of parameters after the database it may have "
                                + String.join(", ", TLS.stream().sorted().toList()));
            }
            String value = decode(pair[1]);
            if (pair[0].equals("sslmode") && !MODES.contains(value)) {
                throw refused(
                        "sslmode is one of " + String.join(", ", MODES.stream().sorted().toList()));
            }
            result.put(pair[0], value);
        }
        return result;
    }

    /// The same server and user, another database.
    public PgAddress withDatabase(String other) {
        return new PgAddress(host, port, other, user, password, tls);
    }

    /// The same database, another user.
    public PgAddress withUser(String other, String itsPassword) {
        return new PgAddress(host, port, database, other, itsPassword, tls);
    }

    /// The JDBC URL, without user and password.
    public String url() {
        return "jdbc:postgresql://" + bracket(host) + ":" + port + "/" + encode(database);
    }

    /// The whole address with its password, as `psql` and drivers of other languages take it.
    public String uri() {
        return "postgresql://" + encode(user) + ":" + encode(password) + "@" + place();
    }

    @Override
    public String toString() {
        return "postgresql://" + encode(user) + "@" + place();
    }

    private String place() {
        String parameters =
                tls.entrySet().stream()
                        .map(e -> e.getKey() + "=" + encode(e.getValue()))
                        .collect(Collectors.joining("&"));
        return bracket(host)
                + ":"
                + port
                + "/"
                + encode(database)
                + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    private static String bracket(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private static String unbracket(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decode(String part) {
        // URLDecoder reads a form's "+" as a space; in a URI it is a plus.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// A text that is no address, without anything that was meant to be a password: what follows
    /// the first colon or slash before an `@`, else the first colon unless that is a port, and what
    /// a parameter says.
    private static String withoutPassword(String text) {
        String shown = PASSWORD.matcher(text).replaceFirst("$1" + HIDDEN);
        Matcher scheme = SCHEME.matcher(shown);
        int from = scheme.lookingAt() ? scheme.end() : 0;
        int at = shown.lastIndexOf('@');
        if (at >= from) {
            for (int i = from; i < at; i++) {
                if (shown.charAt(i) == ':' || shown.charAt(i) == '/') {
                    return shown.substring(0, i + 1) + HIDDEN + shown.substring(at);
                }
            }
        }
        int colon = shown.indexOf(':', Math.max(from, at));
        return colon < 0 || (at >= 0 && PORT.matcher(shown.substring(colon)).matches())
                ? shown
                : shown.substring(0, colon + 1) + HIDDEN;
    }

    private static Failure.Refused refused(String why) {
        return new Failure.Refused("bad-address", why);
    }
}
