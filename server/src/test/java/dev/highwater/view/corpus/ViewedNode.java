package dev.highwater.view.corpus;

import java.sql.Connection;

/// What a corpus needs of a running spine. Tables are made in the source's schema `public`; in the
/// store, tables and views are read in `public`, and as of a position in `public_as_of`.
public interface ViewedNode {

    /// The source, in auto-commit mode, with the right to make tables.
    Connection source();

    /// The store, in auto-commit mode, with the right to make functions.
    Connection store();

    /// Returns when the view is live.
    ///
    /// @throws Exception the refusal
    void createView(String name, String sql) throws Exception;

    /// Waits until everything committed so far is in the store, views included.
    ///
    /// @return the settled position
    long settle() throws Exception;

    /// How the view is kept: algebraic, by key, ordered or whole.
    String strategy(String view) throws Exception;
}
