package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that talks to a node: which node, and how to print.
final class NodeOptions {

    @Option(
            names = "--node",
            paramLabel = "URL",
            description = "The node to talk to; by default the one in the data directory.")
    @Nullable String node;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "highwater-data",
            description = "The node's data directory (default: ./${DEFAULT-VALUE}).")
    Path data = Path.of("highwater-data");

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table for people, json for programs: one object a line.")
    Format format = Format.TABLE;

    boolean json() {
        return format == Format.JSON;
    }

    /// A client for the chosen node; the token comes from HIGHWATER_TOKEN, else from node.json.
    NodeClient client(Map<String, String> environment) {
        String token = environment.get("HIGHWATER_TOKEN");
        if (node != null) {
            return new NodeClient(url(node), token);
        }
        NodeFile file = NodeFile.read(data);
        return new NodeClient(file.http(), token != null ? token : file.token());
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text.contains("://") ? text : "http://" + text);
            if (url.getHost() != null
                    && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException notAnUrl) {
            // said below, like every other thing that is no address
        }
        throw new Failure.Refused(
                Cli.USAGE, "--node '" + text + "' is no address; write http://HOST:PORT");
    }
}
