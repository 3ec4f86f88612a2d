package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What the numbers were measured on.
final class Machine {
    private Machine() {}

    static String describe(Server server) throws IOException, SQLException {
        var settings = new ArrayList<String>();
        String version;
        try (var connection = server.connect();
                var statement = connection.createStatement()) {
            version = Server.one(connection, "show server_version");
            try (var rows =
                    statement.executeQuery(
                            """
                            select name || '=' || current_setting(name) from pg_settings
                            where source = 'configuration file' and name !~ '^(lc_|log_|port|datestyle|default_text)'
                            order by 1
                            """)) {
                while (rows.next()) {
                    settings.add(rows.getString(1));
                }
            }
        }
        return """
        ## Machine

        - %d processors (%s), %s memory, %s %s
        - Java %s
        - PostgreSQL %s, embedded; source and store are databases of this one server: %s
        """
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        field("/proc/cpuinfo", "model name"),
                        memory(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vendor.version", Runtime.version().toString()),
                        version,
                        String.join(", ", settings));
    }

    private static String memory() throws IOException {
        String kilobytes = field("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty() ? "unknown" : Long.parseLong(kilobytes) / (1 << 20) + " GB";
    }

    private static String field(String file, String name) throws IOException {
        Path path = Path.of(file);
        List<String> lines = Files.exists(path) ? Files.readAllLines(path) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
