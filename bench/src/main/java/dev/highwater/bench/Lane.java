package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One side of a comparison. Its server runs during its turns only, so that nothing of the other
/// side takes processor time.
record Lane(String name, Start start) {
    /// Starts a lane's server.
    @FunctionalInterface
    interface Start {
        Server start() throws IOException, InterruptedException;
    }

    /// What is measured in a turn.
    @FunctionalInterface
    interface Turn {
        /// Does a round's turn, the first of which is 1; the numbers by name.
        Map<String, Double> measure(Server server, int round)
                throws IOException, SQLException, InterruptedException;
    }

    static Lane node(String name, Path program, Path data) {
        return new Lane(name, () -> Node.start(program, data));
    }

    static Lane plain(PlainPostgres.Cluster cluster) {
        return new Lane("without Highwater", () -> PlainPostgres.start(cluster));
    }

    /// What each lane came to, by lane and then by what was measured.
    record Results(Map<String, Map<String, List<Double>>> values) {
        List<Double> of(Lane lane, String what) {
            return values.getOrDefault(lane.name, Map.of()).getOrDefault(what, List.of());
        }

        double median(Lane lane, String what) {
            return Report.median(of(lane, what));
        }
    }

    /// Runs the lanes alternately: A B A B.
    static Results alternate(List<Lane> lanes, int rounds, Turn turn)
            throws IOException, SQLException, InterruptedException {
        var values = new java.util.LinkedHashMap<String, Map<String, List<Double>>>();
        for (int round = 1; round <= rounds; round++) {
            for (var lane : lanes) {
                try (var server = lane.start.start()) {
                    var measured = turn.measure(server, round);
                    System.out.println("  round " + round + ", " + lane.name + ": " + measured);
                    var of =
                            values.computeIfAbsent(lane.name, _ -> new java.util.LinkedHashMap<>());
                    measured.forEach(
                            (what, value) ->
                                    of.computeIfAbsent(what, _ -> new ArrayList<>()).add(value));
                }
            }
        }
        return new Results(values);
    }
}
