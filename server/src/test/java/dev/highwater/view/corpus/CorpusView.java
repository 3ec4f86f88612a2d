package dev.highwater.view.corpus;

import dev.highwater.sql.Identifiers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// One view of a corpus.
///
/// @param tags the features it uses, by which failures are grouped
/// @param uses the views of the same corpus that it reads
public record CorpusView(String name, String sql, Set<String> tags, Set<String> uses) {

    public CorpusView {
        tags = Set.copyOf(tags);
        uses = Set.copyOf(uses);
    }

    /// The same question put to tables alone: every view below stands in front as a CTE of its
    /// name, which hides a view of that name where there is one.
    ///
    /// @param corpus holds every view that this one uses
    public String overTables(Collection<CorpusView> corpus) {
        Map<String, CorpusView> byName =
                corpus.stream().collect(Collectors.toMap(CorpusView::name, view -> view));
        var below = new LinkedHashMap<String, String>();
        uses.stream().sorted().forEach(used -> collect(used, byName, below));
        List<String> ctes = new ArrayList<>();
        below.forEach((name, text) -> ctes.add(Identifiers.quote(name) + " as (" + text + ")"));
        String with = ctes.isEmpty() ? "" : "with " + String.join(", ", ctes) + " ";
        return with + "select * from (" + sql + ") as q";
    }

    private static void collect(
            String name, Map<String, CorpusView> byName, Map<String, String> below) {
        if (below.containsKey(name)) {
            return;
        }
        CorpusView view = byName.get(name);
        if (view == null) {
            throw new IllegalArgumentException("no view " + name + " in the corpus");
        }
        view.uses.stream().sorted().forEach(used -> collect(used, byName, below));
        below.put(name, view.sql);
    }
}
