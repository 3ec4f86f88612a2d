package dev.highwater.view.corpus;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cases in which others gave wrong answers, or in which a simple method does, each under a name
/// that says what goes wrong. They stand in `traps.sql`, where `@x` is a name that is the case's
/// own.
public final class Traps {

    private static final Pattern HEAD = Pattern.compile("(\\w+)(?: \\(from (\\d+)\\))?");

    private Traps() {}

    /// One case: tables with rows, views over them, and transactions.
    ///
    /// @param since the oldest PostgreSQL that knows its syntax
    /// @param why what goes wrong
    /// @param refused queries that are to be refused, by a name that says why
    public record Trap(
            String name,
            int since,
            String why,
            List<String> schema,
            List<CorpusView> views,
            Map<String, String> refused,
            List<List<String>> steps) {

        @Override
        public String toString() {
            return name;
        }

        /// Makes tables and views.
        public void prepare(ViewedNode node) throws Exception {
            CorpusRun.execute(node.source(), schema);
            node.settle();
            for (CorpusView view : views) {
                node.createView(view.name(), view.sql());
            }
        }

        /// Runs all transactions with the oracle after each, or after all of them as one batch
        /// where the node is quick.
        ///
        /// @throws AssertionError with every wrong view
        public void run(ViewedNode node, boolean oneBatch) throws Exception {
            ViewOracle oracle =
                    new ViewOracle(node, "trap " + name + " (" + why + ")", views, views);
            node.settle();
            oracle.check("before the first step");
            for (List<String> step : steps) {
                CorpusRun.commit(node.source(), step);
                if (!oneBatch) {
                    node.settle();
                    oracle.check("after " + step);
                }
            }
            node.settle();
            oracle.check("at the end");
        }

        /// Runs the transactions one at a time and keeps what the queries gave in each.
        public PastOracle past(ViewedNode node) throws Exception {
            PastOracle past = new PastOracle(node, "trap " + name, views, views);
            for (List<String> step : steps) {
                past.commit(step);
            }
            return past;
        }

        /// What the case makes in the source, so that one database can serve many.
        public void clear(ViewedNode node) throws SQLException {
            for (String statement : schema.reversed()) {
                if (statement.startsWith("create table") && !statement.contains(" partition of ")) {
                    String table = statement.substring(13, statement.indexOf(' ', 13));
                    CorpusRun.execute(node.source(), List.of("drop table " + table + " cascade"));
                }
            }
        }
    }

    /// All cases.
    public static List<Trap> all() {
        return ViewTexts.sections("traps.sql", "=== ").stream().map(Traps::trap).toList();
    }

    private static Trap trap(String text) {
        int line = text.indexOf('\n');
        int colon = text.indexOf(':');
        Matcher head = HEAD.matcher(text.substring(0, colon));
        if (!head.matches()) {
            throw new IllegalArgumentException(
                    "not the head of a trap: " + text.substring(0, line));
        }
        String name = head.group(1);
        int since = head.group(2) == null ? 15 : Integer.parseInt(head.group(2));
        String own = text.substring(line).replaceAll("@([a-z]\\w*)", name + "_$1");
        List<String> parts = List.of(("\n" + own).split(Pattern.quote("\n--- "), -1));
        List<CorpusView> views = new ArrayList<>();
        Map<String, String> refused = new LinkedHashMap<>();
        List<List<String>> steps = new ArrayList<>();
        for (String part : parts.subList(1, parts.size())) {
            int end = part.indexOf('\n');
            String title = part.substring(0, end).strip();
            String body = part.substring(end).strip();
            if (title.startsWith("view ")) {
                String view = name + "_" + title.substring(5);
                views.add(ViewTexts.view(view, body, Set.of(name), views));
            } else if (title.startsWith("refused ")) {
                refused.put(name + "_" + title.substring(8), body);
            } else if (title.equals("step")) {
                steps.add(ViewTexts.statements(body + "\n"));
            } else {
                throw new IllegalArgumentException(name + " has a part '" + title + "'");
            }
        }
        return new Trap(
                name,
                since,
                text.substring(colon + 1, line).strip(),
                ViewTexts.statements(parts.getFirst() + "\n"),
                List.copyOf(views),
                refused,
                List.copyOf(steps));
    }
}
