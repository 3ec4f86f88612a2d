package dev.highwater.apply;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How much of the past is kept.
///
/// @param journal of the journal
/// @param rules of relations; the last one that fits a relation's name holds, and without one all
///   is kept
public record RetentionSettings(Limit journal, List<Rule> rules) {
    public RetentionSettings {
        rules = List.copyOf(rules);
    }

    /// What is kept; where both are said, what both keep.
    ///
    /// @param time at least as of every time since so long ago
    /// @param size about so many bytes of what is past
    public record Limit(Optional<Duration> time, Optional<Long> size) {
        /// Everything is kept.
        public static final Limit NONE = new Limit(Optional.empty(), Optional.empty());

        boolean isNone() {
            return time.isEmpty() && size.isEmpty();
        }
    }

    /// What is kept of some relations.
    ///
    /// @param pattern `schema.name` with `*` for anything
    public record Rule(String pattern, Limit limit) {
        private boolean fits(String name) {
            return Pattern.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E", name);
        }
    }

    /// Everything is kept.
    public static RetentionSettings everything() {
        return new RetentionSettings(Limit.NONE, List.of());
    }

    /// Whether everything is kept of everything.
    public boolean isNone() {
        return journal.isNone() && rules.stream().allMatch(r -> r.limit().isNone());
    }

    /// What is kept of a relation, named `schema.name`.
    Limit of(String name) {
        return rules.reversed().stream()
                .filter(r -> r.fits(name))
                .findFirst()
                .map(Rule::limit)
                .orElse(Limit.NONE);
    }
}
