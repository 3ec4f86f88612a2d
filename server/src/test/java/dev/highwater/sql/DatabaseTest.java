package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class DatabaseTest {
    private static String said(IOException cause) {
        return Database.unavailable(
                        new PgAddress("db.example", 5433, "app", "u", "secret"),
                        new SQLException("The connection attempt failed.", "08001", cause))
                .line();
    }

    @Test
    void why_a_server_is_not_reached_is_said_with_host_and_port() {
        String start = "cannot connect to postgresql://u@db.example:5433/app: host db.example ";
        assertThat(said(new UnknownHostException("db.example")))
                .isEqualTo(start + "is unknown; check its name");
        assertThat(said(new SocketTimeoutException("Connect timed out")))
                .startsWith(start + "does not answer at port 5433 within 5 s; check both");
        assertThat(said(new ConnectException("Connection refused")))
                .startsWith(start + "refuses connections at port 5433; check both");
        assertThat(said(new NoRouteToHostException("No route to host")))
                .isEqualTo(start + "cannot be reached at port 5433 (No route to host)");
    }
}
