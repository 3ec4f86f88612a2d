package dev.highwater.e2e;

import java.util.SplittableRandom;

/// What a crash takes down.
enum Victim {
    NODE,
    POSTGRES,
    BOTH;

    /// The victim of a round, so that each has its turn.
    static Victim of(long round) {
        return values()[(int) Math.floorMod(round, 3L)];
    }

    /// Whether the node is gone and has to be started again.
    boolean isNode() {
        return this != POSTGRES;
    }

    void kill(RunningNode node, SplittableRandom random) throws Exception {
        switch (this) {
            case NODE -> node.kill();
            case POSTGRES -> node.killPostgres();
            case BOTH -> {
                if (random.nextBoolean()) {
                    node.killPostgres();
                    node.kill();
                } else {
                    var postmaster = node.postmaster();
                    node.kill();
                    postmaster.ifPresent(ProcessHandle::destroyForcibly);
                }
            }
        }
    }
}
