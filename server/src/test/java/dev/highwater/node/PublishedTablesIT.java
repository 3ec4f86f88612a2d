package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.QualifiedName;
import org.junit.jupiter.api.Test;

/// What is said of the source's tables.
class PublishedTablesIT extends OnServedSpine {
    @Test
    void a_published_table_that_the_store_has_not_heard_of_is_on_its_way() throws Exception {
        node.spine.run("create table early (id int primary key)");
        node.spine.settle();
        node.spine.stop();
        node.spine.run("create table late (id int primary key)");
        var late = node.get("/api/tables").get(1);
        assertThat(late.path("name").asText()).isEqualTo("public.late");
        assertThat(late.path("state").asText()).isEqualTo("filling");
        assertThat(late.path("reason").asText()).contains("has not arrived");
        node.spine.start();
        node.assertSame("early", "late");
    }

    @Test
    void it_is_known_how_many_rows_a_table_was_given_that_is_filled() throws Exception {
        node.spine.run(
                "create table t (id int primary key)",
                "insert into t select generate_series(1, 12345)");
        node.spine.settle();
        int before = node.newest("t").id();
        var name = new QualifiedName("public", "t");
        node.spine.source.unpublish(name);
        node.spine.source.publish(name);
        node.assertSame("t");
        assertThat(node.spine.progress().filled(node.newest("t").id())).isEqualTo(12345);
        assertThat(node.spine.progress().filled(before)).isZero();
    }
}
