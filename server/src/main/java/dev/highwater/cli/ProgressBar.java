package dev.highwater.cli;

/// A bar on one line of the terminal for work that takes more than a second; nothing elsewhere.
final class ProgressBar {

    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final int CELLS = 30;

    private final Console console;
    private final String unit;
    private long nextNanos = System.nanoTime() + QUIET_NANOS;
    private boolean drawn;

    ProgressBar(Console console, String unit) {
        this.console = console;
        this.unit = unit;
    }

    void show(long done, long of) {
        long now = System.nanoTime();
        if (!console.terminal() || now - nextNanos < 0) {
            return;
        }
        nextNanos = now + REDRAW_NANOS;
        drawn = true;
        console.print("\r\u001b[K" + DisplayText.cut(text(done, of, unit), console.width() - 1));
        console.flush();
    }

    /// The same for work whose end is not known.
    void show(long done) {
        show(done, 0);
    }

    void clear() {
        if (drawn) {
            console.print("\r\u001b[K");
            console.flush();
        }
    }

    static String text(long done, long of, String unit) {
        if (of <= 0) {
            return "%,d %s".formatted(done, unit);
        }
        double part = Math.min(1.0, (double) done / of);
        int full = (int) (part * CELLS);
        return "[%s%s] %3.0f %%  %,d of %,d %s"
                .formatted("#".repeat(full), " ".repeat(CELLS - full), part * 100, done, of, unit);
    }
}
