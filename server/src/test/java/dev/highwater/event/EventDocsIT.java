package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What docs/events.md shows can be run as it stands there.
final class EventDocsIT {
    private static final Pattern BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final Pattern STATEMENT = Pattern.compile("(.*?);[^;\n]*(\n|$)", Pattern.DOTALL);

    @Test
    void every_statement_of_the_page_runs_in_order() throws Exception {
        int run = 0;
        try (var events = Server.EMBEDDED.events()) {
            var blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "events.md")));
            while (blocks.find()) {
                var statements = STATEMENT.matcher(blocks.group(1));
                while (statements.find()) {
                    assertThat(events.sql().all(statements.group(1)))
                            .as(statements.group(1))
                            .isNotEmpty();
                    run++;
                }
            }
        }
        assertThat(run).isGreaterThan(10);
    }
}
