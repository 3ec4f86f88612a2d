/// Views: queries whose result is kept as a relation.
///
/// Read in this order: [View] (what is kept about one), [Analysis] (what PostgreSQL says of a
/// query), [Planner] (how it can be kept), [Staging] (in which stages), [StageTables] (their tables
/// in the store), [ViewWriter] (fills it and brings it from one position to the next).
@NullMarked
package dev.highwater.view;

import org.jspecify.annotations.NullMarked;
