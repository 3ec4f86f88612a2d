package dev.highwater.cli;

/// While open, Ctrl-C (and SIGTERM) end the process with exit code 0 after a last action: following
/// something has no other end.
final class EndOnInterrupt implements AutoCloseable {

    private final Thread hook;

    EndOnInterrupt(Runnable last) {
        hook =
                new Thread(
                        () -> {
                            try {
                                last.run();
                            } finally {
                                Runtime.getRuntime().halt(0);
                            }
                        },
                        "end-on-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // the hook runs; it ends the process
        }
    }
}
