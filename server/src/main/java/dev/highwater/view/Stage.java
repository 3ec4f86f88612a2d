package dev.highwater.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Relation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// A query whose rows are stored. A view has one or several: each reads relations and the stages
/// before it, and the last gives the view's rows.
///
/// @param relation the id under which the rows are stored; only that of the last is a relation for
///   others
/// @param definition name and columns, which later stages read
/// @param body the query as PostgreSQL prints it, with every name in full
/// @param depends ids of the relations and stages that it reads
/// @param aggregates names of the aggregates that it calls
/// @param types of what it groups by and sums; see [SumsPlanner#types]
/// @param clocked whether it reads the clock
/// @param faithful whether the body can be taken apart and printed again without a change of
///   meaning
public record Stage(
        int relation,
        TableDefinition definition,
        String body,
        List<Integer> depends,
        Set<String> aggregates,
        List<String> types,
        boolean clocked,
        boolean faithful) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Stage {
        depends = List.copyOf(depends);
        aggregates = Set.copyOf(aggregates);
        types = List.copyOf(types);
    }

    /// @param first the id of the view's first stage; stages that are read are counted down from -1
    static Stage of(int relation, Analysis analysis, int first) {
        return new Stage(
                relation,
                analysis.definition(),
                analysis.body(),
                analysis.depends().stream()
                        .map(Relation::id)
                        .map(id -> id < 0 ? first - id - 1 : id)
                        .toList(),
                analysis.aggregates(),
                analysis.types(),
                analysis.clocked(),
                analysis.faithful());
    }

    /// What would be a stage, before ids are given.
    static Stage draft(Analysis analysis) {
        return new Stage(
                0,
                analysis.definition(),
                analysis.body(),
                analysis.depends().stream().map(Relation::id).toList(),
                analysis.aggregates(),
                analysis.types(),
                analysis.clocked(),
                analysis.faithful());
    }

    /// What later stages see.
    Relation asRelation() {
        return new Relation(
                relation, List.of(new Relation.Dated(0, definition)), new Relation.State.Live(0));
    }

    static String toJson(List<Stage> stages) {
        var array = JSON.createArrayNode();
        for (var stage : stages) {
            var node = array.addObject();
            node.put("relation", stage.relation);
            node.set("definition", read(stage.definition.json()));
            node.put("body", stage.body);
            node.set("depends", numbers(stage.depends));
            node.set("aggregates", texts(stage.aggregates));
            node.set("types", texts(stage.types));
            node.put("clocked", stage.clocked);
            node.put("faithful", stage.faithful);
        }
        return array.toString();
    }

    static List<Stage> parse(String json) {
        var result = new ArrayList<Stage>();
        for (var node : read(json)) {
            var depends = new ArrayList<Integer>();
            node.required("depends").forEach(d -> depends.add(d.asInt()));
            result.add(
                    new Stage(
                            node.required("relation").asInt(),
                            TableDefinition.parse((ObjectNode) node.required("definition")),
                            node.required("body").asText(),
                            depends,
                            Set.copyOf(strings(node.required("aggregates"))),
                            strings(node.required("types")),
                            node.required("clocked").asBoolean(),
                            node.required("faithful").asBoolean()));
        }
        return result;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Failure.Corrupt("bad-view", "a view's stages cannot be read: " + e);
        }
    }

    private static ArrayNode numbers(List<Integer> values) {
        var array = JSON.createArrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ArrayNode texts(Collection<String> values) {
        var array = JSON.createArrayNode();
        values.forEach(array::add);
        return array;
    }

    private static List<String> strings(JsonNode array) {
        var result = new ArrayList<String>();
        array.forEach(n -> result.add(n.asText()));
        return result;
    }
}
