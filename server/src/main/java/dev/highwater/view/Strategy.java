package dev.highwater.view;

import java.util.List;
import java.util.Locale;

/// How a view is kept, and why so.
///
/// @param reason why it is not a cheaper one, or what makes it cheap
/// @param indexes statements of the indexes that it needs on the relations that it reads
public record Strategy(Kind kind, String reason, List<String> indexes) {
    public Strategy {
        indexes = List.copyOf(indexes);
    }

    /// What a change of a relation costs.
    public enum Kind {
        /// The query is computed anew and compared.
        WHOLE,
        /// An index gives the few rows that there are.
        ORDERED,
        /// Rows are recomputed whose keys a change concerns.
        BY_KEY,
        /// Sums are changed by what came and went.
        ALGEBRAIC;

        /// The word that is shown.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
