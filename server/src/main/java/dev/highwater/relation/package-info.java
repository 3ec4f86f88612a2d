/// Relations: the tables of the source and the views, as the store keeps them, every version of
/// every row.
///
/// Read in this order: [Relation] and [Catalog] (what is known), [RelationTables] (the tables and
/// views it has in the store), [StoreTypes] (the types of its columns), [RowWriter] (changes to
/// versions), [Versions] (versions read as of a position, and what came and went between two).
@NullMarked
package dev.highwater.relation;

import org.jspecify.annotations.NullMarked;
