package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rows",
        description = "Read a relation's rows, as they are now or as they were.",
        footer = {
            "",
            "Examples:",
            "  highwater rows orders --where status=open --where 'amount>100' --order amount.desc",
            "  highwater rows orders --as-of '5m ago' --select id,status"
        })
final class RowsCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "NAME", description = "orders means public.orders.")
    String name = "";

    @Option(
            names = "--as-of",
            paramLabel = "P|TIME",
            description =
                    "Read at this position, or at this time: RFC 3339, a local time, '5m ago'.")
    @Nullable String asOf;

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description = {
                "column=value, column>5, 'column like A%%', column=op.value with op one of"
                        + " eq neq gt gte lt lte like ilike in is. Given several times, all must"
                        + " hold."
            })
    List<String> where = List.of();

    @Option(names = "--order", paramLabel = "COLUMN[.desc],…", description = "Sort the rows.")
    @Nullable String order;

    @Option(names = "--limit", paramLabel = "N", description = "At most N rows (default: 1000).")
    @Nullable Long limit;

    @Option(names = "--select", paramLabel = "COLUMN,…", description = "Only these columns.")
    @Nullable String select;

    RowsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeClient.Target target = new NodeClient.Target("api", "relations", name, "rows");
        where.stream().map(Where::parse).forEach(w -> target.with(w.parameter(), w.filter()));
        target.with("select", select).with("order", order).with("limit", limit);
        if (asOf != null) {
            target.with("as_of", Times.asOf(asOf, InstantSource.system(), ZoneId.systemDefault()));
        }
        NodeClient client = options.client(console.environment());
        try (NodeClient.Answer answer = client.open("GET", target, "application/json");
                MappingIterator<JsonNode> rows =
                        Json.MAPPER.readerFor(JsonNode.class).readValues(answer.body())) {
            long count = options.json() ? lines(rows) : table(rows, client);
            if (console.terminal() && !options.json()) {
                String position = answer.headers().firstValue("Highwater-Position").orElse("?");
                console.line(
                        console.paint(
                                Colour.DIM,
                                "(%d %s at %s)"
                                        .formatted(count, count == 1 ? "row" : "rows", position)));
            }
            if (answer.headers().firstValue("Highwater-Truncated").isPresent()) {
                console.note("there are more than these " + count + " rows; --limit N shows more");
            }
        } catch (IOException e) {
            throw client.broken(e);
        }
        return 0;
    }

    private long lines(MappingIterator<JsonNode> rows) throws IOException {
        long count = 0;
        while (rows.hasNextValue()) {
            console.line(Json.line(rows.nextValue()));
            count++;
        }
        return count;
    }

    private long table(MappingIterator<JsonNode> rows, NodeClient client)
            throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        while (rows.hasNextValue()) {
            JsonNode row = rows.nextValue();
            row.fieldNames().forEachRemaining(names::add);
            all.add(row);
        }
        if (all.isEmpty()) {
            names.addAll(columns(client));
        }
        if (!names.isEmpty()) {
            Table table = new Table(names.stream().map(column -> column(column, all)).toList());
            for (JsonNode row : all) {
                table.add(names.stream().map(column -> Json.cell(row.path(column))).toList());
            }
            console.table(table);
        }
        return all.size();
    }

    /// The names of the columns, which no row tells; none where they cannot be had.
    private List<String> columns(NodeClient client) throws InterruptedException {
        if (select != null && !select.equals("*")) {
            return List.of(select.split(",", -1));
        }
        for (String kind : List.of("tables", "views")) {
            try {
                return client.get(new NodeClient.Target("api", kind, name))
                        .path("columns")
                        .valueStream()
                        .map(column -> column.path("name").asText())
                        .toList();
            } catch (Failure.NotFound | Failure.Unavailable _) {
                // It may be of the other kind.
            }
        }
        return List.of();
    }

    private static Table.Column column(String name, List<JsonNode> rows) {
        boolean numbers =
                !rows.isEmpty()
                        && rows.stream()
                                .map(row -> row.path(name))
                                .allMatch(v -> v.isNumber() || v.isNull() || v.isMissingNode());
        return numbers ? Table.Column.right(name) : Table.Column.left(name);
    }
}
