package dev.highwater.relation;

import dev.highwater.journal.TableDefinition;
import java.util.ArrayList;
import java.util.List;

/// Positions (after, upTo] throughout which the selected relations keep their definitions.
///
/// @param definitions one for each selection
public record Span(
        List<Selection> selections, List<TableDefinition> definitions, long after, long upTo) {
    public Span {
        selections = List.copyOf(selections);
        definitions = List.copyOf(definitions);
    }

    /// The longest span that begins behind `after`.
    public static Span steady(Catalog catalog, List<Selection> selections, long after, long upTo) {
        long end = upTo;
        var definitions = new ArrayList<TableDefinition>();
        for (var selection : selections) {
            var relation = catalog.byId(selection.relation()).orElseThrow();
            definitions.add(relation.definitionAt(after + 1));
            for (var dated : relation.definitions()) {
                if (dated.position() > after + 1 && dated.position() <= end) {
                    end = dated.position() - 1;
                }
            }
        }
        return new Span(selections, definitions, after, end);
    }

    /// What rows of each selection hold.
    public List<RowFormat> formats() {
        var formats = new ArrayList<RowFormat>();
        for (int i = 0; i < selections.size(); i++) {
            formats.add(RowFormat.of(definitions.get(i), selections.get(i).select()));
        }
        return formats;
    }
}
