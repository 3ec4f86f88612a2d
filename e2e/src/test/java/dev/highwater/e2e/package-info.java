/// Tests that use Highwater as its users do: the packaged program, started as a process, spoken to
/// by SQL, HTTP and its command line.
///
/// Read `Distribution` first; everything starts from it. `RunningNode` is a node as a process that
/// can be killed, `SharedNode` hands one to many test classes, `Program` runs commands to their
/// end. `FeedClient` follows a feed through every crash, and `FeedState` is suspicious of what it
/// brings; `Oracle` says whether the store holds what the source holds. Then the tests: `StartIT`,
/// `CommandLineIT`, `DemoIT`, `PgbenchIT`, `ResumeIT`; `CrashSim` with its `Writers`; `BadInputIT`,
/// `FuzzIT` with its `Nonsense`, `FullDiskIT`.
///
/// `-Dhighwater.seed=N` repeats a run of those that print a seed.
@NullMarked
package dev.highwater.e2e;

import org.jspecify.annotations.NullMarked;
