package dev.highwater.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The baseline: the same PostgreSQL without Highwater. Its cluster is a copy of one that a node
/// has just made, binaries, settings and roles included, of which everything that Highwater put
/// there is taken out again: store, schema, event triggers, publication and slot.
final class PlainPostgres implements Server {
    private final Process process;
    private final URI source;

    private PlainPostgres(Process process, URI source) {
        this.process = process;
        this.source = source;
    }

    /// How to run a plain server.
    record Cluster(Path data, List<String> command, URI source) {}

    /// Makes a cluster in a new folder.
    static Cluster create(Path program, Path folder)
            throws IOException, SQLException, InterruptedException {
        Path made = folder.resolve("node");
        URI source;
        URI superuser;
        List<String> command;
        try (var node = Node.start(program, made)) {
            source = node.source();
            superuser = node.superuser("source");
            command = command(made.resolve("postgres"));
        }
        var cluster = new Cluster(made.resolve("postgres"), command, source);
        try (var _ = start(cluster);
                var connection = Server.connect(superuser);
                var statement = connection.createStatement()) {
            statement.execute(
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots");
            statement.execute("drop event trigger highwater_drop");
            statement.execute("drop event trigger highwater_ddl");
            statement.execute("drop event trigger highwater_rewrite");
            statement.execute("drop publication highwater");
            statement.execute("drop schema highwater cascade");
            statement.execute("drop database store");
        }
        return cluster;
    }

    /// As the node ran it: `postmaster.opts` holds the command.
    private static List<String> command(Path cluster) throws IOException {
        String options = Files.readString(cluster.resolve("postmaster.opts")).strip();
        return command(options.replace("\"", "").split(" ", -1));
    }

    /// A command of PostgreSQL's, which refuses to run as root.
    static List<String> command(String... words) throws IOException {
        var command = new ArrayList<String>();
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(words));
        return List.copyOf(command);
    }

    static PlainPostgres start(Cluster cluster) throws IOException, InterruptedException {
        Path log = cluster.data().resolveSibling("plain.log");
        var process =
                new ProcessBuilder(cluster.command())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        Wait.endWithUs(process);
        var server = new PlainPostgres(process, cluster.source());
        Wait.until(
                "PostgreSQL accepts connections, see " + log,
                () -> {
                    if (!process.isAlive()) {
                        throw new IOException("it ended");
                    }
                    try (var connection = server.connect()) {
                        return connection.isValid(1);
                    } catch (SQLException _) {
                        return false;
                    }
                });
        return server;
    }

    @Override
    public URI source() {
        return source;
    }

    @Override
    public void awaitReadable(String query) {
        // What is committed is readable.
    }

    @Override
    public void close() throws IOException {
        end(process);
    }

    /// Ends a server.
    static void end(Process process) throws IOException {
        // SIGINT is PostgreSQL's fast shutdown; Java can only send SIGTERM, which waits for
        // clients.
        Wait.forEnd(
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start(), "kill");
        Wait.forEnd(process, "PostgreSQL");
    }
}
