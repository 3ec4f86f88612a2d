package dev.highwater.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.failure.Failure;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/// Opens every connection of this program. Whatever the server, the role or the JVM have as
/// defaults, the sessions read and write values as text in one form.
public final class Database {

    /// Set after connecting and not by the start-up packet: the driver puts the JVM's own TimeZone
    /// there, which wins over roles, databases and the `options` parameter. A `reset all` or
    /// `discard all` would bring the JVM's zone back, so nothing here may run one.
    private static final String SESSION =
            """
            set time zone 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; \
            set extra_float_digits = 1; set bytea_output = 'hex'; set lc_monetary = 'C'; \
            set client_encoding = 'UTF8'; set standard_conforming_strings = on""";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);

    /// The driver's own default: a statement is planned on the server from its fifth use.
    private static final int PREPARE_LATER = 5;

    private Database() {}

    /// A pool of at most `size` connections. Taking one waits five seconds at most; a pool outlives
    /// restarts of PostgreSQL, during which taking a connection fails with an SQLException.
    ///
    /// @throws Failure.Unavailable `database-unavailable` when the first connection cannot be made
    public static HikariDataSource pool(PgAddress address, String name, int size) {
        // Asked first and not left to the pool, which would log a stack trace before it fails.
        try (Connection first = single(address, name)) {
            first.isValid(0);
        } catch (SQLException e) {
            throw unavailable(address, e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("highwater " + name);
        config.setDataSource(source(address, name));
        config.setConnectionInitSql(SESSION);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setValidationTimeout(1_000);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /// One dedicated connection, in auto-commit mode.
    ///
    /// @throws Failure.Unavailable `database-unavailable`
    public static Connection single(PgAddress address, String name) {
        return single(address, name, PREPARE_LATER);
    }

    /// The same, with statements kept prepared on the server from their `prepareThreshold`-th use:
    /// 1 for a connection that repeats the same few statements for as long as it lives.
    public static Connection single(PgAddress address, String name, int prepareThreshold) {
        PGSimpleDataSource source = source(address, name);
        source.setPrepareThreshold(prepareThreshold);
        return open(address, source);
    }

    /// A logical-replication connection, for `PGReplicationStream` and for plain statements without
    /// parameters. What the walsender decodes follows the same session settings.
    ///
    /// @throws Failure.Unavailable `database-unavailable`
    public static Connection replication(PgAddress address, String name) {
        PGSimpleDataSource source = source(address, name);
        source.setReplication("database");
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        source.setAssumeMinServerVersion("15");
        return open(address, source);
    }

    private static Connection open(PgAddress address, PGSimpleDataSource source) {
        try {
            Connection connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                statement.execute(SESSION);
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw unavailable(address, e);
        }
    }

    private static PGSimpleDataSource source(PgAddress address, String name) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {address.host()});
        source.setPortNumbers(new int[] {address.port()});
        source.setDatabaseName(address.database());
        source.setUser(address.user());
        source.setPassword(address.password());
        address.tls()
                .forEach(
                        (parameter, value) -> {
                            switch (parameter) {
                                case "sslmode" -> source.setSslMode(value);
                                case "sslrootcert" -> source.setSslRootCert(value);
                                case "sslcert" -> source.setSslCert(value);
                                case "sslkey" -> source.setSslKey(value);
                                default ->
                                        throw new Failure.Bug("unknown TLS parameter " + parameter);
                            }
                        });
        source.setApplicationName("highwater " + name);
        source.setTcpKeepAlive(true);
        source.setConnectTimeout((int) CONNECT_TIMEOUT.toSeconds());
        source.setLoginTimeout((int) LOGIN_TIMEOUT.toSeconds());
        return source;
    }

    /// Why there is no connection, and what to do. Where no server was reached, the driver names
    /// neither the host nor the cause.
    static Failure.Unavailable unavailable(PgAddress address, SQLException failed) {
        String reason =
                switch (failed.getCause()) {
                    case UnknownHostException _ ->
                            "host %s is unknown; check its name".formatted(address.host());
                    case SocketTimeoutException _ ->
                            "host %s does not answer at port %d within %d s; check both, and whether a firewall is in between"
                                    .formatted(
                                            address.host(),
                                            address.port(),
                                            CONNECT_TIMEOUT.toSeconds());
                    case ConnectException _ ->
                            "host %s refuses connections at port %d; check both, and that PostgreSQL runs there and listens on this address"
                                    .formatted(address.host(), address.port());
                    case SocketException e ->
                            "host %s cannot be reached at port %d (%s)"
                                    .formatted(address.host(), address.port(), e.getMessage());
                    case null, default -> String.valueOf(failed.getMessage());
                };
        return new Failure.Unavailable(
                "database-unavailable",
                "cannot connect to " + address + ": " + reason.replaceAll("\\s*\\R\\s*", " "),
                failed);
    }
}
