/// The command line of a running node: a client that speaks HTTP to it (and, for `sql` and the
/// demo's workload, plain JDBC to the addresses in its node.json).
///
/// To read: [Cli] puts the tree of commands together and turns every way to fail into one line and
/// an exit code; [Console] is the one place that prints; [NodeOptions] finds the node and
/// [NodeClient] talks to it; then one class a command (`StatusCommand`, `RowsCommand`, …).
/// [FeedReader] follows a feed through restarts of the node, [Table] lays rows out, [SqlSplitter]
/// and [SqlSession] are the small psql, and the `Demo…` classes are the trading desk that
/// `highwater demo` shows, started by [Demo].
@NullMarked
package dev.highwater.cli;

import org.jspecify.annotations.NullMarked;
