package dev.highwater.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A small trading desk that decides what to do next. It knows which orders are open and leaves
/// prices to the database, so that whatever a person changes there by hand stays changed. The same
/// random numbers and answers give the same steps.
final class DemoDesk {

    static final List<String> TRADERS =
            List.of(
                    "Ada Okafor",
                    "Bruno Lind",
                    "Chiyo Mori",
                    "Dana Weiss",
                    "Emil Novak",
                    "Farah Aziz");

    static final List<Instrument> INSTRUMENTS =
            List.of(
                    new Instrument("NIMB", "Nimbus Airships", "84.20"),
                    new Instrument("ORCA", "Orca Shipping", "31.75"),
                    new Instrument("QRTZ", "Quartz Mining", "12.40"),
                    new Instrument("LUMN", "Lumen Power", "156.00"),
                    new Instrument("TIDE", "Tidewater Rail", "63.10"),
                    new Instrument("FERN", "Fern Foods", "22.95"),
                    new Instrument("VOLT", "Volt Works", "208.50"),
                    new Instrument("KITE", "Kite Insurance", "47.30"));

    private static final int MANY_OPEN = 30;

    record Instrument(String symbol, String name, String price) {}

    record OpenOrder(long id, int left) {}

    /// What one transaction does.
    sealed interface Step {}

    /// Prices move, each by its factor.
    record Drift(List<Move> moves) implements Step {}

    record Move(String symbol, BigDecimal factor) {}

    /// An order is placed at the current price times `limit`, and `filled` of it executed at once.
    record Place(int trader, String symbol, String side, int quantity, BigDecimal limit, int filled)
            implements Step {}

    /// Some of an open order is executed.
    record Fill(OpenOrder order, int quantity, BigDecimal factor) implements Step {}

    record Cancel(OpenOrder order) implements Step {}

    private final RandomGenerator random;
    private final List<OpenOrder> open = new ArrayList<>();

    DemoDesk(RandomGenerator random, List<OpenOrder> open) {
        this.random = random;
        this.open.addAll(open);
    }

    Step next() {
        int dice = random.nextInt(100);
        if (dice < 20) {
            return drift();
        }
        boolean place = open.isEmpty() || (open.size() < MANY_OPEN && dice < 55);
        if (place) {
            return place();
        }
        OpenOrder order = open.get(random.nextInt(open.size()));
        return dice < 92 ? fill(order) : new Cancel(order);
    }

    /// What is left of an order after a step; nothing left closes it.
    void left(long order, int left) {
        open.removeIf(known -> known.id() == order);
        if (left > 0) {
            open.add(new OpenOrder(order, left));
        }
    }

    private Step drift() {
        List<Move> moves = new ArrayList<>();
        int first = random.nextInt(INSTRUMENTS.size());
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Instrument one = INSTRUMENTS.get((first + i * 3) % INSTRUMENTS.size());
            moves.add(new Move(one.symbol(), factor(0.004)));
        }
        return new Drift(List.copyOf(moves));
    }

    private Step place() {
        int quantity = 100 * (1 + random.nextInt(10));
        int filled = random.nextInt(3) == 0 ? quantity / 2 : 0;
        return new Place(
                1 + random.nextInt(TRADERS.size()),
                INSTRUMENTS.get(random.nextInt(INSTRUMENTS.size())).symbol(),
                random.nextBoolean() ? "buy" : "sell",
                quantity,
                factor(0.01),
                filled);
    }

    private Step fill(OpenOrder order) {
        boolean whole = order.left() <= 100 || random.nextBoolean();
        int quantity = whole ? order.left() : 50 * (1 + random.nextInt(order.left() / 50 - 1));
        return new Fill(order, quantity, factor(0.002));
    }

    /// A factor near one.
    private BigDecimal factor(double spread) {
        return BigDecimal.valueOf(1 + spread * random.nextGaussian())
                .setScale(5, RoundingMode.HALF_EVEN);
    }
}
