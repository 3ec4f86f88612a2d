package dev.highwater.node;

import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Each test has a served spine of its own, and chance that is the same again with
/// `-Dhighwater.seed`.
abstract class OnServedSpine {
    final long seed = Long.getLong("highwater.seed", ThreadLocalRandom.current().nextLong());
    final Random random = new Random(seed);
    ServedSpine node;

    @BeforeEach
    void start() throws SQLException {
        node = new ServedSpine();
    }

    @AfterEach
    void stop() throws SQLException {
        node.close();
    }
}
