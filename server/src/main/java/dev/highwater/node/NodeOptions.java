package dev.highwater.node;

import dev.highwater.cli.Cli;
import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that runs a node; a picocli mixin.
final class NodeOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "highwater-data",
            description = "Holds everything (default: ./highwater-data).")
    private Path data = Path.of("highwater-data");

    @Option(
            names = "--source",
            paramLabel = "URL",
            description =
                    "The PostgreSQL to follow, postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
                            + " (default: an embedded one).")
    private @Nullable PgAddress source;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "The PostgreSQL to keep everything in (default: an embedded one).")
    private @Nullable PgAddress store;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file; `highwater config` prints what is in force.")
    private @Nullable Path config;

    @Option(
            names = "--http",
            paramLabel = "PORT",
            description = "Where HTTP answers (default: 4747; 0: any free port).")
    private @Nullable Integer httpPort;

    @Option(
            names = "--pg-port",
            paramLabel = "PORT",
            description =
                    "Where the embedded PostgreSQL answers (default: 5474; 0: any free port).")
    private @Nullable Integer postgresPort;

    Path data() {
        return data;
    }

    /// The configuration with the command line's options on top of it.
    Config config() {
        var base = config == null ? Config.standard() : ConfigFile.read(config, System.getenv());
        if (source != null) {
            base = base.withSource(base.source().withUrl(source));
        }
        if (store != null) {
            base = base.withStore(new Config.Store(Optional.of(store)));
        }
        Integer port = httpPort;
        return port == null ? base : base.withHttp(base.http().withPort(port("--http", port)));
    }

    OptionalInt postgresPort() {
        Integer port = postgresPort;
        return port == null ? OptionalInt.empty() : OptionalInt.of(port("--pg-port", port));
    }

    private static int port(String option, int port) {
        if (port < 0 || port > 65535) {
            throw new Failure.Refused(
                    Cli.USAGE, option + " " + port + " is not a port (0 to 65535)");
        }
        return port;
    }
}
