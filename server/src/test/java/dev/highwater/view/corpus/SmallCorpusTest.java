package dev.highwater.view.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SmallCorpusTest {
    private static final SmallCorpus CORPUS = new SmallCorpus();

    @Test
    void the_default_seed_gives_the_views_of_the_fixed_list() {
        assertThat(listed(CORPUS.views())).isEqualTo(ViewTexts.text("small.sql"));
    }

    @Test
    void views_are_distinct_and_another_seed_gives_others() {
        Set<String> texts = texts(CORPUS);
        assertThat(texts).hasSize(CORPUS.views().size()).hasSizeGreaterThan(500);
        Set<String> others = texts(new SmallCorpus(2));
        assertThat(others).hasSizeGreaterThan(500);
        others.removeAll(texts);
        assertThat(others).hasSizeGreaterThan(200);
    }

    @Test
    void a_seed_decides_rows_and_changes() {
        assertThat(changes(3)).isEqualTo(changes(3)).isNotEqualTo(changes(4));
    }

    @Test
    void every_kind_of_query_is_there() {
        assertThat(
                        CORPUS.views().stream()
                                .flatMap(view -> view.tags().stream())
                                .collect(Collectors.toSet()))
                .contains(
                        "inner join",
                        "left join",
                        "right join",
                        "full join",
                        "cross join",
                        "self join",
                        "lateral",
                        "non-equi",
                        "in",
                        "not in",
                        "exists",
                        "not exists",
                        "any",
                        "all",
                        "scalar subquery",
                        "correlated subquery",
                        "having",
                        "filter",
                        "grouping sets",
                        "count distinct",
                        "percentile",
                        "variance",
                        "custom aggregate",
                        "string_agg",
                        "array_agg",
                        "distinct",
                        "distinct on",
                        "union",
                        "union all",
                        "intersect",
                        "intersect all",
                        "except",
                        "except all",
                        "cte",
                        "recursive cte",
                        "window",
                        "limit",
                        "offset",
                        "values",
                        "jsonb",
                        "arrays",
                        "unnest",
                        "text search",
                        "casts",
                        "intervals",
                        "derived table",
                        "nested aggregate",
                        "views on views",
                        "now");
    }

    /// The form of `small.sql`.
    private static String listed(List<CorpusView> views) {
        return views.stream()
                .map(
                        view ->
                                "--- %s: %s%n%s%n"
                                        .formatted(
                                                view.name(),
                                                String.join(", ", new TreeSet<>(view.tags())),
                                                view.sql()))
                .collect(Collectors.joining());
    }

    private static Set<String> texts(SmallCorpus corpus) {
        return corpus.views().stream().map(CorpusView::sql).collect(Collectors.toSet());
    }

    private static List<List<String>> changes(long seed) {
        Changes changes = CORPUS.changes(seed, 20);
        List<List<String>> all = new ArrayList<>(changes.fill());
        for (int i = 0; i < 50; i++) {
            all.add(changes.transaction());
        }
        return all;
    }
}
