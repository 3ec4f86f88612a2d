package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

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
}
