package dev.highwater.view;

import dev.highwater.view.Parsed.Unknown;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.PlainSelect;
import org.jspecify.annotations.Nullable;

/// Says a full join in other words: a left join, and beside it the rows of the right side that
/// match nothing.
final class FullJoins {
    private static final String PLACE = "hw_place";

    private @Nullable FromItem left;
    private @Nullable Join join;

    private FullJoins() {}

    /// The query without its first full join, or null when it has none; the tree is used up.
    static @Nullable String divided(PlainSelect plain) throws Unknown {
        var found = new FullJoins();
        var first = found.replaced(plain.getFromItem(), plain.getJoins());
        var left = found.left;
        var join = found.join;
        if (left == null || join == null) {
            return null;
        }
        if (first != null) {
            plain.setFromItem(first);
        }
        if (join.isNatural()
                || (join.getUsingColumns() != null && !join.getUsingColumns().isEmpty())) {
            throw new Unknown("it joins by USING");
        }
        var right = join.getFromItem();
        var lefts = new HashSet<String>();
        var rights = new HashSet<String>();
        Staging.aliases(left, null, lefts);
        Staging.aliases(right, null, rights);
        var all = new HashSet<>(lefts);
        all.addAll(rights);
        var lifted = Lifted.of(plain.toString(), all);
        String on =
                join.getOnExpressions().stream()
                        .map(e -> "(" + e + ")")
                        .collect(Collectors.joining(" and "));
        String union =
                "(select %s from %s left join %s on %s union all select %s from %s where not exists (select 1 from %s where %s)) q"
                        .formatted(
                                lifted.items(Set.of()),
                                left,
                                right,
                                on,
                                lifted.items(lefts),
                                right,
                                left,
                                on);
        return lifted.text().replaceFirst(PLACE, Matcher.quoteReplacement(union));
    }

    /// Looks for a full join and puts a placeholder in its place.
    ///
    /// @return what the FROM begins with then; null when that stays
    private @Nullable FromItem replaced(@Nullable FromItem first, @Nullable List<Join> joins) {
        if (joins != null && !joins.isEmpty() && joins.get(0).isFull()) {
            left = first;
            join = joins.remove(0);
            return new Table(PLACE);
        }
        if (first instanceof ParenthesedFromItem group) {
            var inner = replaced(group.getFromItem(), group.getJoins());
            if (inner != null) {
                if (group.getJoins().isEmpty()) {
                    return inner;
                }
                group.setFromItem(inner);
            }
            if (left != null) {
                return null;
            }
        }
        if (joins != null) {
            for (var each : joins) {
                var inner = replaced(each.getFromItem(), null);
                if (inner != null) {
                    each.setFromItem(inner);
                }
                if (left != null) {
                    return null;
                }
            }
        }
        return null;
    }
}
