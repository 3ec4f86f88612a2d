package dev.highwater.node;

import dev.highwater.apply.Background;
import dev.highwater.apply.Head;
import dev.highwater.failure.Failure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the views made anew that stopped because of what they read, once that can be read again.
final class StoppedViews implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoppedViews.class);

    /// Between two looks, so that many commits cost one.
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// How long what fails by chance is left alone.
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration FOREVER = Duration.ofDays(1);

    private final Head head;
    private final KeptQueries views;
    private final Background thread;

    /// The last failure that was told; it is told once.
    private String told = "";

    StoppedViews(Head head, KeptQueries views) {
        this.head = head;
        this.views = views;
        this.thread = Background.start("highwater-stopped-views", this::run);
    }

    private void run() throws InterruptedException {
        while (true) {
            var settled = head.settled();
            head.awaitBeyond(settled.position(), look() ? FOREVER : RETRY);
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
    }

    /// @return whether nothing is left to be tried again as things are
    private boolean look() {
        try {
            boolean done = views.makeAnew();
            told = "";
            return done;
        } catch (RuntimeException e) {
            String error = e instanceof Failure failure ? failure.line() : e.toString();
            if (!told.equals(error) && !Thread.currentThread().isInterrupted()) {
                told = error;
                LOG.atWarn().addKeyValue("error", error).log("stopped views wait");
            }
            return false;
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
