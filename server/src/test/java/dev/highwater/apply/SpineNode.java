package dev.highwater.apply;

import dev.highwater.view.corpus.ViewedNode;
import java.sql.Connection;
import java.sql.SQLException;

/// A spine, as the corpora of views want it.
final class SpineNode implements ViewedNode, AutoCloseable {
    private final Spine spine = new Spine();

    SpineNode() throws SQLException {}

    @Override
    public Connection source() {
        return spine.app;
    }

    @Override
    public Connection store() {
        return spine.store;
    }

    @Override
    public void createView(String name, String sql) throws Exception {
        spine.createView(name, sql);
    }

    void dropView(String name) throws Exception {
        spine.dropView(name);
    }

    /// How long keeping a view has taken until now.
    long nanos(String view) {
        var relation = spine.head.settled().catalog().newest("public", view).orElseThrow();
        return spine.applier().costs().of(relation.id()).nanos();
    }

    void restart() {
        spine.stop();
        spine.start();
    }

    @Override
    public long settle() throws SQLException {
        return spine.settle();
    }

    @Override
    public String strategy(String view) throws SQLException {
        return spine.strategy(view);
    }

    @Override
    public void close() throws SQLException {
        spine.close();
    }
}
