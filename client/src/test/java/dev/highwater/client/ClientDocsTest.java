package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The code that docs/client.md shows is code that the tests run.
class ClientDocsTest {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void every_line_of_java_is_a_tests() throws IOException {
        var code = new StringBuilder();
        try (var files = Files.list(Path.of("src", "test", "java", "dev", "highwater", "client"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                code.append(squeezed(Files.readString(file)));
            }
        }
        var blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "client.md")));
        int found = 0;
        while (blocks.find()) {
            // What belongs together in the page may stand apart in the code, an empty line between.
            for (var part : blocks.group(1).split("\n\n", -1)) {
                assertThat(code).contains(squeezed(part));
            }
            found++;
        }
        assertThat(found).isGreaterThan(5);
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
