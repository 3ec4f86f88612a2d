package dev.highwater.event;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// SIGKILL to PostgreSQL in the middle of everything: what was committed stays, in one order, and
/// is consumed once.
@ParameterizedClass
@MethodSource("servers")
@Timeout(1_800)
final class EventCrashSim {
    private static final int ROUNDS = Boolean.getBoolean("highwater.long") ? 30 : 2;

    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;

    @Test
    void killed_again_and_again_it_goes_on_where_it_was() throws Exception {
        try (var postgres = server.fresh(Map.of());
                var events = Server.events(postgres)) {
            var model = new Model(events.address());
            model.prepare();
            model.connectionsMayBreak();
            var clients = new ArrayList<Model.Client>();
            for (int i = 0; i < 8; i++) {
                clients.add(model.client(i));
            }
            clients.forEach(Model.Client::start);
            for (int round = 0; round < ROUNDS; round++) {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(500, 2_000));
                postgres.kill();
                postgres.start();
            }
            TimeUnit.MILLISECONDS.sleep(500);
            for (var client : clients) {
                client.end();
            }
            System.out.println(server + " killed " + ROUNDS + " times: " + model.drainAndCheck());
        }
    }
}
