/// Everything that knows JDBC or PostgreSQL as a program: names, addresses, sessions, migrations,
/// and the embedded server.
///
/// Read [PgAddress] and [Identifiers] first, then [Database], which opens every connection with the
/// same session settings, then [Sql] and [Migrations]. The embedded server starts at
/// [EmbeddedPostgres]: it takes a [DataDirectory] that this process has locked, unpacks
/// [PostgresBinaries], lays out a [Cluster], clears away [Leftovers] of a process that was killed,
/// and runs a [Postmaster].
@NullMarked
package dev.highwater.sql;

import org.jspecify.annotations.NullMarked;
