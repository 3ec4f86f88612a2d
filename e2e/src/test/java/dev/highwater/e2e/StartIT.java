package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/// A node's life: it starts, says where it is, stops when it is asked to, and goes on where it was.
class StartIT {
    @Test
    void addresses_passwords_and_positions_survive_a_restart() throws Exception {
        Path file = SharedNode.path("start").resolve("node.json");
        try (var node = SharedNode.start("start")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(node.log().lines())
                    .contains("ready")
                    .anySatisfy(line -> assertThat(line).contains(node.address().toString()));
            node.run("create table kept (id int primary key)", "insert into kept values (1)");
            Oracle.settle(node);
            String position = node.http().get("/api/relations/kept/rows").position();
            String addresses = node.address() + node.sourceUrl() + node.storeUrl();

            assertThat(node.terminate()).as("exit status after SIGTERM").isIn(0, 143);
            assertThat(node.postmaster()).as("PostgreSQL after SIGTERM").isEmpty();
            assertThat(file).doesNotExist();

            node.startAgain();
            assertThat(node.address() + node.sourceUrl() + node.storeUrl()).isEqualTo(addresses);
            var rows = node.http().get("/api/relations/kept/rows").expect(200);
            assertThat(rows.body().strip()).isEqualTo("[{\"id\":1}]");
            assertThat(rows.position()).isEqualTo(position);
            node.run("insert into kept values (2)");
            assertThat(Events.read(node, "/api/relations/kept/feed", position, 1))
                    .singleElement()
                    .satisfies(
                            event ->
                                    assertThat(event.path("changes").get(0).path("row").toString())
                                            .isEqualTo("{\"id\":2}"));
        }
    }

    @Test
    void what_a_killed_node_leaves_behind_is_cleaned_up_by_the_next_start() throws Exception {
        try (var node = SharedNode.start("killed")) {
            node.run("create table kept (id int primary key)", "insert into kept values (1)");
            node.kill();
            node.startAgain();
            Oracle.settle(node);
            assertThat(Oracle.assertEqual(node, "kept")).isEqualTo(1);
        }
    }
}
