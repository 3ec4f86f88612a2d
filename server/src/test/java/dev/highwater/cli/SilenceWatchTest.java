package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {

    private final CountDownLatch closed = new CountDownLatch(1);
    private final InputStream silent =
            new InputStream() {
                @Override
                public int read() {
                    return -1;
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            };

    @Test
    void a_stream_that_stays_silent_is_closed() throws InterruptedException {
        try (SilenceWatch _ = new SilenceWatch(silent, Duration.ofMillis(20))) {
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_stream_whose_reader_has_ended_is_left_alone() throws InterruptedException {
        SilenceWatch watch = new SilenceWatch(silent, Duration.ofMillis(50));
        watch.heard();
        watch.close();

        assertThat(closed.await(100, TimeUnit.MILLISECONDS)).isFalse();
    }
}
