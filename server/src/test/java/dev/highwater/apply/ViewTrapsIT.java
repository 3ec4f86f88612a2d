package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.view.corpus.Traps;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What others got wrong, each by name: views equal their queries after every step.
final class ViewTrapsIT {
    private final SpineNode node;

    ViewTrapsIT() throws Exception {
        node = new SpineNode();
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void traps() throws Exception {
        var wrong = new ArrayList<String>();
        int version = node.store().getMetaData().getDatabaseMajorVersion();
        for (var trap : Traps.all()) {
            if (trap.since() > version) {
                continue;
            }
            try {
                trap.prepare(node);
                for (var query : trap.refused().entrySet()) {
                    assertThatThrownBy(() -> node.createView(query.getKey(), query.getValue()))
                            .as(query.getKey())
                            .isInstanceOf(Failure.Refused.class);
                }
                trap.run(node, false);
                for (var view : trap.views().reversed()) {
                    node.dropView(view.name());
                }
                trap.clear(node);
            } catch (Exception | AssertionError e) {
                wrong.add(trap + ": " + e.getMessage());
            }
        }
        assertThat(wrong).isEmpty();
    }
}
