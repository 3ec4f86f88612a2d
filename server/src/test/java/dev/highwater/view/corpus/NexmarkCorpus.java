package dev.highwater.view.corpus;

import dev.highwater.view.corpus.Changes.Pick;
import dev.highwater.view.corpus.Changes.Table;
import java.util.List;

/// Nexmark: persons, auctions and bids, and its queries q0 to q22 with windows of time as groups. A
/// bid has a key of its own. Left out are q6's streaming form, written here as a window over the
/// last ten auctions, q10, which is a sink, and q12, whose windows are of processing time.
public final class NexmarkCorpus implements Corpus {

    @Override
    public String name() {
        return "Nexmark";
    }

    @Override
    public List<String> schema() {
        return ViewTexts.statements(ViewTexts.text("nexmark-schema.sql"));
    }

    @Override
    public List<CorpusView> views() {
        return ViewTexts.read("nexmark.sql");
    }

    @Override
    public Changes changes(long seed, int scale) {
        return new Changes(
                seed,
                List.of(
                        new Table(
                                "person",
                                1,
                                List.of(
                                        "id",
                                        "name",
                                        "email_address",
                                        "credit_card",
                                        "city",
                                        "state",
                                        "date_time",
                                        "extra"),
                                Math.max(8, scale / 20),
                                NexmarkCorpus::person),
                        new Table(
                                "auction",
                                1,
                                List.of(
                                        "id",
                                        "item_name",
                                        "description",
                                        "initial_bid",
                                        "reserve",
                                        "date_time",
                                        "expires",
                                        "seller",
                                        "category",
                                        "extra"),
                                Math.max(12, scale / 8),
                                NexmarkCorpus::auction),
                        new Table(
                                "bid",
                                1,
                                List.of(
                                        "id",
                                        "auction",
                                        "bidder",
                                        "price",
                                        "channel",
                                        "url",
                                        "date_time",
                                        "extra"),
                                scale,
                                NexmarkCorpus::bid),
                        new Table(
                                "side_input",
                                1,
                                List.of("key", "value"),
                                10,
                                NexmarkCorpus::sideInput)));
    }

    private static List<String> person(Pick pick) {
        int id = pick.fresh();
        return List.of(
                "" + id,
                "'"
                        + pick.of("Peter", "Vicky", "Kate", "Walter")
                        + " "
                        + pick.of("Shultz", "Jones")
                        + "'",
                "'p" + id + "@example.com'",
                "'%04d %04d'".formatted(pick.number(0, 9999), pick.number(0, 9999)),
                "'" + pick.of("Phoenix", "Portland", "Boise", "Kent") + "'",
                "'" + pick.of("AZ", "OR", "ID", "WA", "CA") + "'",
                time(pick, 0),
                "'x'");
    }

    private static List<String> auction(Pick pick) {
        int id = pick.fresh();
        int second = pick.number(0, 119);
        return List.of(
                "" + id,
                "'" + pick.of("vase", "lamp", "chair") + "'",
                "'item " + id + "'",
                "" + pick.number(1, 100),
                "" + pick.number(100, 900),
                at(second),
                at(second + pick.number(5, 60)),
                pick.key("person", List.of("0")).getFirst(),
                "" + pick.number(10, 14),
                "'y'");
    }

    private static List<String> bid(Pick pick) {
        return List.of(
                "" + pick.fresh(),
                pick.key("auction", List.of("0")).getFirst(),
                pick.key("person", List.of("0")).getFirst(),
                "" + pick.of(100, 500, 9999, 10001, 250000, pick.number(1, 100000), 1500000),
                "'"
                        + pick.of("Google", "Facebook", "Baidu", "Apple", "channel-7", "channel-8")
                        + "'",
                "'https://www.nexmark.com/%s/%s/item.htm?query=1%s'"
                        .formatted(
                                pick.of("aa", "bb", "c"),
                                pick.of("dd", "ee"),
                                pick.of("", "&channel_id=" + pick.number(1, 99))),
                time(pick, 150),
                "'" + pick.of("abc", "ccc", "", "xyzc") + "'");
    }

    private static List<String> sideInput(Pick pick) {
        return List.of("" + pick.number(0, 19), "'side " + pick.number(1, 5) + "'");
    }

    private static String time(Pick pick, int more) {
        return at(pick.number(0, 120 + more));
    }

    private static String at(int second) {
        return "timestamp '2024-05-01 23:58:00' + interval '" + second + " s'";
    }
}
