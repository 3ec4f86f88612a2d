package dev.highwater.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to follow.
///
/// @param relations names of tables and views; with more than one, each change says its own
/// @param filters what a row of the one relation has to be, as `status=eq.open`
/// @param after the position to go on after; null for a snapshot first
public record FeedRequest(List<String> relations, List<String> filters, @Nullable String after) {
    public FeedRequest {
        relations = List.copyOf(relations);
        filters = List.copyOf(filters);
    }

    /// All rows of these relations, a snapshot first.
    public static FeedRequest of(String... relations) {
        return new FeedRequest(List.of(relations), List.of(), null);
    }

    /// The same, going on after a position where it was left.
    public FeedRequest after(@Nullable String position) {
        return new FeedRequest(relations, filters, position);
    }

    /// The same, with one more condition on rows, such as `where("status", "eq.open")`.
    public FeedRequest where(String column, String condition) {
        var more = new ArrayList<>(filters);
        more.add(column + "=" + condition);
        return new FeedRequest(relations, more, after);
    }

    /// Path and query.
    String target() {
        var query = new ArrayList<String>();
        String path = "/api/feed";
        if (relations.size() == 1) {
            path = "/api/relations/" + escape(relations.getFirst()) + "/feed";
        } else {
            query.add("relations=" + escape(String.join(",", relations)));
        }
        for (var filter : filters) {
            int end = filter.indexOf('=');
            query.add(escape(filter.substring(0, end)) + "=" + escape(filter.substring(end + 1)));
        }
        if (after != null) {
            query.add("after=" + escape(after));
        }
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
