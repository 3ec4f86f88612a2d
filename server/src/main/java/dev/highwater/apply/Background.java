package dev.highwater.apply;

/// Work on a virtual thread of its own, which goes on until it is ended.
public final class Background implements AutoCloseable {
    /// What the thread does; interrupted when it is to end.
    public interface Body {
        /// Does the work, for as long as nobody ends it.
        void run() throws InterruptedException;
    }

    private final Thread thread;

    private Background(Thread thread) {
        this.thread = thread;
    }

    /// Starts the work.
    public static Background start(String name, Body body) {
        return new Background(
                Thread.ofVirtual()
                        .name(name)
                        .start(
                                () -> {
                                    try {
                                        body.run();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                }));
    }

    /// Interrupts the work and waits until it has ended.
    @Override
    public void close() {
        end(thread);
    }

    /// Interrupts a thread and waits until it has ended, also when the caller is interrupted: it
    /// then still is.
    static void end(Thread thread) {
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
