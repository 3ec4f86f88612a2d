package dev.highwater.relation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wanted of one relation.
///
/// @param relation its id
/// @param conditions all of which have to hold
/// @param select numbers of the columns wanted, in order; null for all there are
public record Selection(int relation, List<Condition> conditions, @Nullable List<Integer> select) {
    public Selection {
        conditions = List.copyOf(conditions);
        select = select == null ? null : List.copyOf(select);
    }
}
