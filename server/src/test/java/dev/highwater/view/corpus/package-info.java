/// What live views are tested with: corpora of views with their data and their changes, and the
/// oracles that say what each view must hold. Nothing here knows how a view is maintained; the
/// border is [ViewedNode].
///
/// Read [Corpus], then [CorpusRun], which runs one on a node, then [ViewOracle] and [PastOracle].
@NullMarked
package dev.highwater.view.corpus;

import org.jspecify.annotations.NullMarked;
