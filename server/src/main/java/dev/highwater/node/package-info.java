/// The process: configuration, wiring, the commands that run a node.
///
/// Read in this order: [Main], [StartCommand], [Node] (everything is wired there), [Config].
@NullMarked
package dev.highwater.node;

import org.jspecify.annotations.NullMarked;
