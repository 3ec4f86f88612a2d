package dev.highwater.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessIT {
    private static HttpSettings settings(String host, int port, List<String> tokens) {
        return new HttpSettings(
                host, port, tokens, List.of("https://app.example"), Duration.ofSeconds(1), 10);
    }

    @Test
    void aTokenOpensEverythingAndATicketStandsForIt() throws Exception {
        try (var web = new TestServer(settings("127.0.0.1", 0, List.of("one", "two")))) {
            assertThat(web.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(web.get("/").statusCode()).isEqualTo(200);
            var without = web.get("/api/status");
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.body()).contains("highwater:unauthorized");
            assertThat(without.headers().firstValue("www-authenticate")).contains("Bearer");
            var wrong = web.get("/api/status", "Authorization", "Bearer three");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.body())
                    .contains("highwater:wrong-token", "the token is not the node's")
                    .doesNotContain("three", "two");
            assertThat(wrong.headers().firstValue("www-authenticate")).contains("Bearer");
            for (var none : List.of("Basic two", "Bearer ")) {
                var answer = web.get("/api/status", "Authorization", none);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.body()).contains("highwater:unauthorized", "a token is needed");
            }
            assertThat(web.get("/api/status", "Authorization", "bearer two").statusCode())
                    .isEqualTo(200);
            assertThat(web.send("POST", "/api/tickets", "").statusCode()).isEqualTo(401);
            var ticket =
                    new ObjectMapper()
                            .readTree(
                                    web.send(
                                                    "POST",
                                                    "/api/tickets",
                                                    "",
                                                    "Authorization",
                                                    "Bearer one")
                                            .body())
                            .get("ticket")
                            .asText();
            assertThat(web.get("/api/journal?ticket=" + ticket).statusCode()).isEqualTo(200);
            for (var change :
                    List.of(
                            web.send("POST", "/api/tickets?ticket=" + ticket, ""),
                            web.send("PUT", "/api/views/v?ticket=" + ticket, "select 1"),
                            web.send("DELETE", "/api/tables/t?ticket=" + ticket, ""))) {
                assertThat(change.statusCode()).isEqualTo(401);
                assertThat(change.body()).contains("a ticket is for GET alone");
            }
            var old = web.get("/api/journal?ticket=x");
            assertThat(old.statusCode()).isEqualTo(401);
            assertThat(old.body()).contains("highwater:wrong-ticket", "POST /api/tickets");
            assertThat(web.get("/metrics").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void otherHostsNeedATokenToBeConfigured() throws Exception {
        assertThatThrownBy(() -> new TestServer(settings("0.0.0.0", 0, List.of())))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("http.tokens");
        try (var web = new TestServer(settings("0.0.0.0", 0, List.of("one")))) {
            assertThat(status(web, "highwater.example", "")).isEqualTo("401");
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (var web = new TestServer()) {
            int port = web.server.port();
            assertThatThrownBy(() -> new TestServer(settings("127.0.0.1", port, List.of())))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("" + port);
        }
    }

    @Test
    void onLoopbackOnlyItsOwnNamesAreAnswered() throws Exception {
        try (var web = new TestServer()) {
            for (var host :
                    List.of(
                            "localhost",
                            "127.0.0.1:" + web.server.port(),
                            "[::1]:80",
                            "LOCALHOST:1")) {
                assertThat(status(web, host, "")).as(host).isEqualTo("200");
            }
            for (var host :
                    List.of(
                            "evil.example",
                            "localhost.evil.example",
                            "127.0.0.1.nip.io",
                            "[::2]")) {
                assertThat(status(web, host, "")).as(host).isEqualTo("403");
            }
        }
    }

    @Test
    void pagesOfOtherSitesAreAnsweredOnlyWhenConfigured() throws Exception {
        try (var web = new TestServer(settings("127.0.0.1", 0, List.of()))) {
            assertThat(status(web, "localhost", "Origin: https://evil.example\r\n"))
                    .isEqualTo("403");
            assertThat(status(web, "localhost:80", "Origin: http://localhost:80\r\n"))
                    .isEqualTo("200");
            assertThat(status(web, "localhost", "Origin: https://app.example\r\n"))
                    .isEqualTo("200");
            var preflight =
                    web.send(
                            "OPTIONS",
                            "/api/tables/orders",
                            "",
                            "Origin",
                            "https://app.example",
                            "Access-Control-Request-Method",
                            "PUT");
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                    .contains("https://app.example");
            assertThat(preflight.headers().firstValue("access-control-allow-methods").orElse(""))
                    .contains("PUT");
        }
    }

    private static String status(TestServer web, String host, String headers) throws IOException {
        var url = URI.create(web.server.url().replace("0.0.0.0", "127.0.0.1"));
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            ("GET /api/status HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\n"
                                            + headers
                                            + "\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
                    .substring(9);
        }
    }
}
