package dev.highwater.journal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.sql.QualifiedName;
import java.util.ArrayList;
import java.util.List;

/// A type of the source that is not PostgreSQL's own: what a store needs to have it too.
///
/// @param oid by which it is known through renames
public record UserType(long oid, QualifiedName name, Shape shape) {

    /// What kind of type it is. Types in it are named as SQL text.
    public sealed interface Shape {
        /// One of some labels, which are ordered as they stand here.
        record Enumeration(List<Label> labels) implements Shape {
            /// Copies the list.
            public Enumeration {
                labels = List.copyOf(labels);
            }
        }

        /// Some values of another type; which ones is the source's business.
        record Domain(String base) implements Shape {}

        /// A row.
        record Composite(List<Attribute> attributes) implements Shape {
            /// Copies the list.
            public Composite {
                attributes = List.copyOf(attributes);
            }
        }

        /// A span of another type's values.
        ///
        /// @param multirange the name of the type of several such spans, in the same schema
        record Range(String subtype, String multirange) implements Shape {}

        /// Made by an extension.
        record OfExtension(String extension) implements Shape {}

        /// What cannot be made elsewhere: written in C without being an extension, or a table's
        /// rows.
        record Foreign() implements Shape {}
    }

    /// A label of an enumeration, known by its OID through renames.
    public record Label(long oid, String text) {}

    /// An attribute of a row, known by its number through renames.
    public record Attribute(int number, String name, String type) {}

    /// Reads what `highwater.type_definitions` of the source returns.
    public static List<UserType> parse(JsonNode array) {
        var types = new ArrayList<UserType>();
        for (var node : array) {
            types.add(
                    new UserType(
                            node.required("oid").asLong(),
                            new QualifiedName(
                                    node.required("schema").asText(),
                                    node.required("name").asText()),
                            shape(node)));
        }
        return List.copyOf(types);
    }

    private static Shape shape(JsonNode node) {
        return switch (node.required("kind").asText()) {
            case "enum" -> {
                var labels = new ArrayList<Label>();
                for (var label : node.path("labels")) {
                    labels.add(
                            new Label(
                                    label.required("oid").asLong(),
                                    label.required("label").asText()));
                }
                yield new Shape.Enumeration(labels);
            }
            case "domain" -> new Shape.Domain(node.required("base").asText());
            case "composite" -> {
                var attributes = new ArrayList<Attribute>();
                for (var attribute : node.path("attributes")) {
                    attributes.add(
                            new Attribute(
                                    attribute.required("number").asInt(),
                                    attribute.required("name").asText(),
                                    attribute.required("type").asText()));
                }
                yield new Shape.Composite(attributes);
            }
            case "range" ->
                    new Shape.Range(
                            node.required("subtype").asText(), node.path("multirange").asText());
            case "extension" -> new Shape.OfExtension(node.required("extension").asText());
            default -> new Shape.Foreign();
        };
    }
}
