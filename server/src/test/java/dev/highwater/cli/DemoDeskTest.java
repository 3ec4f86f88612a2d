package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DemoDeskTest {

    /// Plays `count` steps as a database without other users would answer them.
    private static List<DemoDesk.Step> steps(long seed, int count) {
        DemoDesk desk = new DemoDesk(new Random(seed), List.of());
        List<DemoDesk.Step> steps = new ArrayList<>();
        long id = 0;
        for (int i = 0; i < count; i++) {
            DemoDesk.Step step = desk.next();
            steps.add(step);
            switch (step) {
                case DemoDesk.Place place -> desk.left(++id, place.quantity() - place.filled());
                case DemoDesk.Fill fill ->
                        desk.left(fill.order().id(), fill.order().left() - fill.quantity());
                case DemoDesk.Cancel cancel -> desk.left(cancel.order().id(), 0);
                case DemoDesk.Drift _ -> {}
            }
        }
        return steps;
    }

    @Test
    void the_same_seed_gives_the_same_steps() {
        assertThat(steps(7, 500)).isEqualTo(steps(7, 500)).isNotEqualTo(steps(8, 500));
    }

    @Test
    void every_kind_of_step_happens_and_no_order_is_overfilled() {
        for (long seed = 0; seed < 50; seed++) {
            List<DemoDesk.Step> steps = steps(seed, 500);

            assertThat(steps.stream().map(Object::getClass).distinct())
                    .as("seed %d", seed)
                    .hasSize(4);
            assertThat(steps)
                    .as("seed %d", seed)
                    .allMatch(
                            step ->
                                    !(step instanceof DemoDesk.Fill fill)
                                            || (fill.quantity() > 0
                                                    && fill.quantity() <= fill.order().left()));
        }
    }
}
