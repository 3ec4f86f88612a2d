package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rows of some views, kept current from their feed alone: a snapshot, then differences. The
/// feed's thread hands in events, another one draws.
final class DemoBoard {

    /// How long a row that came is shown as new.
    private static final Duration FRESH = Duration.ofMillis(800);

    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T](\\d\\d:\\d\\d).*");

    private final List<DemoViews.Shown> views;
    private final Map<String, Map<JsonNode, Held>> rows = new LinkedHashMap<>();

    /// How often a row is there, and since when.
    private record Held(long count, Instant since) {}

    DemoBoard(List<DemoViews.Shown> views) {
        this.views = List.copyOf(views);
        clear();
    }

    List<String> names() {
        return views.stream().map(DemoViews.Shown::name).toList();
    }

    private void clear() {
        views.forEach(view -> rows.put(view.name(), new LinkedHashMap<>()));
    }

    synchronized void add(FeedEvent event) {
        switch (event) {
            case FeedEvent.Snapshot(String relation, List<JsonNode> snapshot, List<String> _) ->
                    snapshot.forEach(
                            row -> count(relation == null ? "" : relation, row, 1, Instant.EPOCH));
            case FeedEvent.Change change -> {
                Instant now = Instant.now();
                for (JsonNode one : change.changes()) {
                    String relation = one.path("relation").asText();
                    long times = Math.abs(one.path("diff").asLong(1));
                    if (one.has("old")) {
                        count(relation, one.path("old"), -times, now);
                    }
                    if (one.has("row")) {
                        count(relation, one.path("row"), times, now);
                    }
                }
            }
            case FeedEvent.Resync _ -> clear();
            case FeedEvent.SnapshotEnd _, FeedEvent.Progress _, FeedEvent.Unknown _ -> {}
        }
    }

    /// The feed of one relation does not name it.
    private void count(String relation, JsonNode row, long diff, Instant now) {
        String name = relation.isEmpty() ? views.getFirst().name() : ChangeLine.plainName(relation);
        Map<JsonNode, Held> held = rows.getOrDefault(name, Map.of());
        Held before = held.get(row);
        long count = (before == null ? 0 : before.count()) + diff;
        if (count == 0) {
            held.remove(row);
        } else {
            held.put(row, new Held(count, diff > 0 || before == null ? now : before.since()));
        }
    }

    /// A picture of each view.
    ///
    /// @param most rows of each
    synchronized List<DemoFrame.Panel> panels(int most, Instant now) {
        return views.stream().map(view -> panel(view, most, now)).toList();
    }

    private DemoFrame.Panel panel(DemoViews.Shown view, int most, Instant now) {
        Comparator<JsonNode> order =
                Comparator.comparing(row -> row.path(view.by()), DemoBoard::compare);
        List<JsonNode> first = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        Map<JsonNode, Held> held = rows.getOrDefault(view.name(), Map.of());
        held.keySet().stream()
                .sorted(view.descending() ? order.reversed() : order)
                .limit(most)
                .forEach(
                        row -> {
                            first.add(row);
                            row.fieldNames().forEachRemaining(names::add);
                        });
        Table table =
                new Table(
                        names.stream()
                                .map(
                                        name ->
                                                first.stream().allMatch(r -> isNumber(r.path(name)))
                                                        ? Table.Column.right(name)
                                                        : Table.Column.left(name))
                                .toList());
        first.forEach(
                row ->
                        table.add(
                                names.stream()
                                        .map(n -> Table.Cell.of(cell(row.path(n))))
                                        .toList()));
        List<String> lines = names.isEmpty() ? List.of() : table.lines(Integer.MAX_VALUE, false);
        List<DemoFrame.PanelLine> shown = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean fresh = i > 0 && isFresh(held.get(first.get(i - 1)), now);
            shown.add(new DemoFrame.PanelLine(lines.get(i), fresh));
        }
        return new DemoFrame.Panel(view.name(), shown);
    }

    private static boolean isFresh(@Nullable Held held, Instant now) {
        return held != null && Duration.between(held.since(), now).compareTo(FRESH) < 0;
    }

    private static boolean isNumber(JsonNode value) {
        return value.isNumber() || value.isNull();
    }

    private static String cell(JsonNode value) {
        return value.isNull() ? "-" : TIME.matcher(Json.text(value)).replaceFirst("$1");
    }

    private static int compare(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber()
                ? a.decimalValue().compareTo(b.decimalValue())
                : Json.text(a).compareTo(Json.text(b));
    }
}
