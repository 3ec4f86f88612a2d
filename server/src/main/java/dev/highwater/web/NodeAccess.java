package dev.highwater.web;

import dev.highwater.apply.Head;
import dev.highwater.feed.Feeds;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Versions;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/// What the node lends to this package.
///
/// @param store connections of the node itself
/// @param reader connections that may only read what people see, for their queries
/// @param readiness why the node is not ready, or nothing when it is
public record NodeAccess(
        Head head,
        Positions positions,
        Versions versions,
        Feeds feeds,
        DataSource store,
        DataSource reader,
        Publishing publishing,
        Viewing viewing,
        Supplier<NodeStatus> status,
        Supplier<Optional<String>> readiness,
        Verifier verifier,
        Restoring restoring) {}
