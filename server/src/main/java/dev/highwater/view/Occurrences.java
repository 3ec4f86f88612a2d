package dev.highwater.view;

import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Identifiers;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables that a query's text means: each occurrence of a table has a mark in the text, which
/// stands for the table in one of its states.
final class Occurrences {
    private static final Pattern MARK = Pattern.compile("\\bhw_occurrence_(\\d+)\\b");

    /// Where a version ends that has not ended.
    private static final String OPEN = Long.MAX_VALUE + "::bigint";

    /// Versions that were open and went. The sum keeps the planner from the index on `_from`, of
    /// which nearly all comes before.
    private static final Text WENT =
            new Text(
                    " and _to > ? and _to <= ? and _from + 0 <= ?",
                    List.of(Position.AFTER, Position.END, Position.AFTER),
                    false);

    private final int shard;
    private final List<Relation> relations = new ArrayList<>();

    Occurrences(int shard) {
        this.shard = shard;
    }

    /// What is read of a table.
    enum State {
        /// The rows now.
        NEW,
        /// The rows now and those that went since.
        BOTH,
        /// What came and went since.
        CHANGED,
        /// The same, what came found by its address.
        CHANGED_ROWS,
        /// What came and went since, with a column `hw_sign_<occurrence>`, 1 for what came and -1
        /// for what went.
        SIGNED,
        /// The same, what came found by its address.
        SIGNED_ROWS,
        /// The rows at the position.
        OLD
    }

    /// Takes a further occurrence.
    ///
    /// @return its mark
    String add(Relation relation) {
        relations.add(relation);
        return "hw_occurrence_" + (relations.size() - 1);
    }

    int size() {
        return relations.size();
    }

    Relation relation(int occurrence) {
        return relations.get(occurrence);
    }

    /// The occurrences that a text has marks of.
    static List<Integer> in(String text) {
        var result = new ArrayList<Integer>();
        Matcher matcher = MARK.matcher(text);
        while (matcher.find()) {
            result.add(Integer.valueOf(matcher.group(1)));
        }
        return result;
    }

    /// The text with every table in its state.
    Text render(String text, IntFunction<State> states) {
        var out = new StringBuilder();
        var parameters = new ArrayList<Parameter>();
        boolean past = false;
        int copied = 0;
        Matcher matcher = MARK.matcher(text);
        while (matcher.find()) {
            int occurrence = Integer.parseInt(matcher.group(1));
            var table = table(occurrence, states.apply(occurrence));
            out.append(text, copied, matcher.start()).append(table.sql());
            parameters.addAll(table.parameters());
            past |= table.past();
            copied = matcher.end();
        }
        return new Text(out.append(text, copied, text.length()).toString(), parameters, past);
    }

    /// The text with every table under its own name.
    String named(String text) {
        return MARK.matcher(text)
                .replaceAll(
                        m -> {
                            var table = relations.get(Integer.parseInt(m.group(1))).definition();
                            return Matcher.quoteReplacement(
                                    Identifiers.quote(table.schema(), table.table()));
                        });
    }

    /// What a parameter stands for.
    sealed interface Parameter {}

    /// A position.
    enum Position implements Parameter {
        /// The one that the view stands at.
        AFTER,
        /// The one that it is brought to.
        UP_TO,
        /// The same, which nothing is behind: asked for to have a plan that is made once take what
        /// changed for little. A plan for just these positions knows better, and is not asked to.
        END
    }

    /// Where the changed rows of a relation stand.
    ///
    /// @param relation an id for which the step has [Step#rows]
    private record Rows(int relation) implements Parameter {}

    /// A statement, or a part of one.
    ///
    /// @param parameters what its parameters stand for
    /// @param past whether it reads what was there before, which is a lot: one plan is not good for
    ///   every position
    record Text(String sql, List<Parameter> parameters, boolean past) {
        static final Text EMPTY = new Text("", List.of(), false);

        Text {
            parameters = List.copyOf(parameters);
        }

        /// The texts one after the other.
        static Text join(String separator, List<Text> texts) {
            return new Text(
                    texts.stream().map(Text::sql).collect(Collectors.joining(separator)),
                    texts.stream().flatMap(t -> t.parameters.stream()).toList(),
                    texts.stream().anyMatch(Text::past));
        }

        /// Another text with the same parameters, and further ones behind them.
        Text in(String sql, Parameter... more) {
            return new Text(
                    sql, Stream.concat(parameters.stream(), Stream.of(more)).toList(), past);
        }

        /// Sets the parameters.
        void bind(PreparedStatement statement, Step step) throws SQLException {
            int i = 1;
            for (var parameter : parameters) {
                switch (parameter) {
                    case Position.AFTER -> statement.setLong(i, step.after());
                    case Position.UP_TO -> statement.setLong(i, step.upTo());
                    case Position.END ->
                            statement.setLong(
                                    i, isPlannedOnce(step) ? step.upTo() : Long.MAX_VALUE);
                    case Rows(int relation) ->
                            statement.setObject(i, step.rows().get(relation), Types.OTHER);
                }
                i++;
            }
        }

        /// Whether one plan does for every such step.
        boolean isPlannedOnce(Step step) {
            return step.few() && !past;
        }
    }

    private Text table(int occurrence, State state) {
        var relation = relations.get(occurrence);
        String columns = columns(relation);
        String sign = ", %d as hw_sign_" + occurrence;
        return switch (state) {
            case NEW ->
                    new Text(
                            "("
                                    + rows(columns, RelationTables.current(relation.id()), relation)
                                    + ")",
                            List.of(),
                            false);
            case BOTH -> before(relation, "(_to = " + OPEN + " or _from <= ?)");
            case CHANGED, CHANGED_ROWS ->
                    changed(columns, columns, relation, state == State.CHANGED_ROWS);
            case SIGNED, SIGNED_ROWS ->
                    changed(
                            columns + sign.formatted(1),
                            columns + sign.formatted(-1),
                            relation,
                            state == State.SIGNED_ROWS);
            case OLD -> before(relation, "_from <= ?");
        };
    }

    private Text before(Relation relation, String condition) {
        return new Text(
                versions(relation, "?", condition), List.of(Position.AFTER, Position.AFTER), true);
    }

    private Text changed(String came, String went, Relation relation, boolean located) {
        var rows = came(came, relation, located);
        String text =
                "(%s union all %s%s)"
                        .formatted(
                                rows.sql(),
                                rows(went, RelationTables.history(relation.id()), relation),
                                WENT.sql());
        return Text.join("", List.of(rows, WENT)).in(text);
    }

    /// Current rows and closed versions under one condition. It stands outside of the union,
    /// because PostgreSQL looks rows up in a union only if its branches have no conditions of their
    /// own.
    private String versions(Relation relation, String position, String condition) {
        boolean bag = relation.definition().isBag();
        String stored =
                RelationTables.columns(relation.definition())
                        + (relation.hasRowHash() ? ", _row" : "")
                        + (bag ? ", _n" : "")
                        + ", _shard, _from, ";
        return "(select %s from (select %s%s as _to from %s union all select %s_to from %s) v%s where _shard = %d and _to > %s and %s)"
                .formatted(
                        columns(relation),
                        stored,
                        OPEN,
                        RelationTables.current(relation.id()),
                        stored,
                        RelationTables.history(relation.id()),
                        bag ? " cross join lateral generate_series(1, _n)" : "",
                        shard,
                        position,
                        condition);
    }

    /// An occurrence's rows as of a position.
    String at(int occurrence, long position) {
        return versions(relations.get(occurrence), "" + position, "_from <= " + position);
    }

    /// The text with other texts in place of the tables.
    ///
    /// @param texts one for each occurrence
    String replaced(String text, String[] texts) {
        return MARK.matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(texts[Integer.parseInt(m.group(1))]));
    }

    /// The current rows that came since. Of a table that has a key these were born since, or were
    /// there before and changed; `offset 0` leaves the planner no other way than from what changed.
    private Text came(String columns, Relation relation, boolean located) {
        String rows = rows(columns, RelationTables.current(relation.id()), relation);
        if (!RelationTables.hasBorn(relation.definition())) {
            return new Text(
                    rows + " and _from > ? and _from <= ?",
                    List.of(Position.AFTER, Position.END),
                    false);
        }
        var born =
                new Text(
                        rows + " and _born > ? and _born <= ?",
                        List.of(Position.AFTER, Position.END),
                        false);
        var before =
                located
                        ? new Text(
                                "select unnest(?::tid[]) as hw_tid",
                                List.of(new Rows(relation.id())),
                                false)
                        : closed(relation);
        var changed =
                before.in(
                        "select hw_c.* from (%s) hw_h cross join lateral (%s%s and (_born > ?) is not true and _from > ? offset 0) hw_c"
                                .formatted(
                                        before.sql(),
                                        rows,
                                        located ? " and ctid = hw_h.hw_tid" : sameKey(relation)),
                        Position.AFTER,
                        Position.AFTER);
        return Text.join(" union all ", List.of(born, changed));
    }

    /// The keys of versions that were open and went: of rows that changed, and of some that are no
    /// more.
    private Text closed(Relation relation) {
        var keys = new ArrayList<String>();
        for (var column : relation.definition().keyColumns()) {
            keys.add(RelationTables.column(column) + " as hw_k" + keys.size());
        }
        String history = RelationTables.history(relation.id());
        return WENT.in(rows(String.join(", ", keys), history, relation) + WENT.sql());
    }

    private static String sameKey(Relation relation) {
        var definition = relation.definition();
        var same = new StringBuilder();
        int k = 0;
        for (var column : definition.keyColumns()) {
            String stored = RelationTables.column(column);
            same.append(" and ").append(definition.equal(column, stored, "hw_h.hw_k" + k++));
        }
        return same.toString();
    }

    private String rows(String columns, String table, Relation relation) {
        String expanded =
                relation.definition().isBag() ? " cross join lateral generate_series(1, _n)" : "";
        return "select " + columns + " from " + table + expanded + " where _shard = " + shard;
    }

    private static String columns(Relation relation) {
        String columns =
                relation.definition().columns().stream()
                        .map(c -> RelationTables.column(c) + " as " + Identifiers.quote(c.name()))
                        .collect(Collectors.joining(", "));
        return relation.hasRowHash() ? columns + ", _row as hw_row" : columns;
    }
}
