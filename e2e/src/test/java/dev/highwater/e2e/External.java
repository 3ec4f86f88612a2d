package dev.highwater.e2e;

import dev.highwater.sql.OtherPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A database that was there before the node, and a node beside it.
final class External {
    private External() {}

    /// Starts a server with a database `app`, its owner, and a role that may follow it.
    static OtherPostgres serve(OtherPostgres.Version version, Path folder) throws Exception {
        var server = OtherPostgres.create(version, folder);
        server.run(
                "postgres",
                "create role owner login password '$PASSWORD'",
                "create role follower login replication password '$PASSWORD'",
                "grant owner to follower",
                "create database app owner owner");
        server.run("app", "grant create on database app to follower");
        return server;
    }

    /// The database, as its owner.
    static String address(OtherPostgres server) {
        return server.address("owner", "app").uri();
    }

    /// Starts a node that follows all tables of the database.
    static RunningNode attach(OtherPostgres server, Path folder, Map<String, String> environment)
            throws Exception {
        Path config = folder.resolve("highwater.yaml");
        Files.writeString(config, "source:\n  tables: [\"public.*\"]\n");
        return RunningNode.start(
                folder.resolve("node"),
                List.of(
                        "--config",
                        config.toString(),
                        "--source",
                        server.address("follower", "app").uri()),
                environment);
    }
}
