package dev.highwater.event;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Sixteen clients that append, stream, acknowledge, give back, crash and stall, and one long
/// transaction. No event is lost, doubled or out of its stream's order, no stale lease counts, and
/// the order is gapless and the same for every reader.
@ParameterizedClass
@MethodSource("servers")
@Timeout(900)
final class ConsumeSim {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");
    private static final int SECONDS = LONG ? 120 : 3;

    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;

    @Test
    void every_view_sees_every_event_once_acknowledged_in_its_order() throws Exception {
        try (var events = server.events()) {
            var model = new Model(events.address());
            model.prepare();
            var clients = new ArrayList<Model.Client>();
            for (int i = 0; i < 16; i++) {
                clients.add(model.client(i));
            }
            clients.forEach(Model.Client::start);
            var slow = events.session();
            slow.begin();
            for (int i = 0; i < SECONDS * 10; i++) {
                slow.append("long");
                TimeUnit.MILLISECONDS.sleep(100);
            }
            slow.commit();
            for (int i = 0; i < SECONDS * 10; i++) {
                model.appended("long", i + 1);
            }
            for (var client : clients) {
                client.end();
            }
            System.out.println(server + " " + model.drainAndCheck());
        }
    }
}
