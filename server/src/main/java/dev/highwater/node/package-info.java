/// The process: configuration, wiring, the commands that run a node.
///
/// Read in this order: [Main], [StartCommand], [Node] (everything is wired there), [Config], then
/// what people ask of a node: [PublishedTables], [KeptQueries], and by SQL [SqlRequests].
@NullMarked
package dev.highwater.node;

import org.jspecify.annotations.NullMarked;
