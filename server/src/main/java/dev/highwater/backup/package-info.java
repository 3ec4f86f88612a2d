/// The whole store in one file, and back.
///
/// Read in this order: [Contents] (what a store is made of), [Structure] (reads it from
/// PostgreSQL's catalogs), [Backup] (writes the file), [Restore] (puts it in the place of what a
/// store holds).
@NullMarked
package dev.highwater.backup;

import org.jspecify.annotations.NullMarked;
