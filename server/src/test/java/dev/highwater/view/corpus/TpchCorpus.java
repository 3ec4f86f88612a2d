package dev.highwater.view.corpus;

import dev.highwater.view.corpus.Changes.Pick;
import dev.highwater.view.corpus.Changes.Table;
import java.time.LocalDate;
import java.util.List;

/// TPC-H: its eight tables, its 22 queries with the validation parameters, and rows whose domains
/// are narrow enough for every query to have an answer at 300 orders.
///
/// There are no foreign keys, so that changes may leave rows without partners.
public final class TpchCorpus implements Corpus {
    private static final LocalDate FIRST_DAY = LocalDate.of(1992, 1, 1);
    private static final int DAYS = 2405;

    private static final List<String> REGIONS =
            List.of("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");

    /// Name and region; those that queries ask for come first and are most of what is used.
    private static final List<String> NATIONS =
            List.of(
                    "FRANCE 3",
                    "GERMANY 3",
                    "BRAZIL 1",
                    "CANADA 1",
                    "SAUDI ARABIA 4",
                    "INDIA 2",
                    "CHINA 2",
                    "UNITED STATES 1",
                    "ALGERIA 0",
                    "ARGENTINA 1",
                    "EGYPT 4",
                    "ETHIOPIA 0",
                    "INDONESIA 2",
                    "IRAN 4",
                    "IRAQ 4",
                    "JAPAN 2",
                    "JORDAN 4",
                    "KENYA 0",
                    "MOROCCO 0",
                    "MOZAMBIQUE 0",
                    "PERU 1",
                    "ROMANIA 3",
                    "RUSSIA 3",
                    "UNITED KINGDOM 3",
                    "VIETNAM 2");

    private static final int[] NATIONS_USED = {0, 1, 2, 3, 4, 5, 5};

    /// Brand, type, size, container and name: one for each query that asks for a part.
    private static final List<List<String>> PARTS =
            List.of(
                    List.of("Brand#13", "STANDARD POLISHED BRASS", "15", "LG BOX", "forest lace"),
                    List.of("Brand#13", "ECONOMY ANODIZED STEEL", "10", "SM PKG", "green dim"),
                    List.of("Brand#23", "PROMO BURNISHED TIN", "9", "MED BOX", "almond green"),
                    List.of("Brand#12", "PROMO PLATED COPPER", "4", "SM CASE", "forest green"),
                    List.of("Brand#34", "SMALL PLATED NICKEL", "14", "LG PACK", "navy forest"),
                    List.of("Brand#45", "MEDIUM POLISHED TIN", "49", "MED BAG", "linen"));

    @Override
    public String name() {
        return "TPC-H";
    }

    @Override
    public List<String> schema() {
        return ViewTexts.statements(ViewTexts.text("tpch-schema.sql"));
    }

    @Override
    public List<CorpusView> views() {
        return ViewTexts.read("tpch.sql");
    }

    @Override
    public Changes changes(long seed, int scale) {
        int suppliers = Math.max(12, scale / 20);
        int parts = Math.max(24, scale / 8);
        return new Changes(
                seed,
                List.of(
                        new Table(
                                "region",
                                1,
                                columns("r", "regionkey name comment"),
                                5,
                                TpchCorpus::region),
                        new Table(
                                "nation",
                                1,
                                columns("n", "nationkey name regionkey comment"),
                                25,
                                TpchCorpus::nation),
                        new Table(
                                "supplier",
                                1,
                                columns(
                                        "s",
                                        "suppkey name address nationkey phone acctbal comment"),
                                suppliers,
                                TpchCorpus::supplier),
                        new Table(
                                "part",
                                1,
                                columns(
                                        "p",
                                        "partkey name mfgr brand type size container retailprice"
                                                + " comment"),
                                parts,
                                TpchCorpus::part),
                        new Table(
                                "partsupp",
                                2,
                                columns("ps", "partkey suppkey availqty supplycost comment"),
                                parts * 4,
                                TpchCorpus::partsupp),
                        new Table(
                                "customer",
                                1,
                                columns(
                                        "c",
                                        "custkey name address nationkey phone acctbal mktsegment"
                                                + " comment"),
                                Math.max(20, scale / 5),
                                TpchCorpus::customer),
                        new Table(
                                "orders",
                                1,
                                columns(
                                        "o",
                                        "orderkey custkey orderstatus totalprice orderdate"
                                                + " orderpriority clerk shippriority comment"),
                                scale,
                                TpchCorpus::order),
                        new Table(
                                "lineitem",
                                2,
                                columns(
                                        "l",
                                        "orderkey linenumber partkey suppkey quantity extendedprice"
                                                + " discount tax returnflag linestatus shipdate"
                                                + " commitdate receiptdate shipinstruct shipmode"
                                                + " comment"),
                                scale * 4,
                                TpchCorpus::lineitem)));
    }

    private static List<String> columns(String prefix, String names) {
        return List.of(names.split(" ", -1)).stream().map(name -> prefix + "_" + name).toList();
    }

    private static List<String> region(Pick pick) {
        int key = pick.size("region") < 5 ? pick.size("region") : pick.number(0, 7);
        return List.of("" + key, text(REGIONS.get(key % 5)), comment(pick));
    }

    private static List<String> nation(Pick pick) {
        int key = pick.size("nation") < 25 ? pick.size("nation") : pick.number(0, 29);
        String nation = NATIONS.get(key % 25);
        int blank = nation.lastIndexOf(' ');
        return List.of(
                "" + key,
                text(nation.substring(0, blank)),
                nation.substring(blank + 1),
                comment(pick));
    }

    private static List<String> supplier(Pick pick) {
        int key = pick.fresh();
        String nation = usedNation(pick, key);
        return List.of(
                "" + key,
                text("Supplier#%09d".formatted(key)),
                text("address " + pick.number(1, 99)),
                nation,
                phone(pick, nation),
                money(pick, -99999, 999999),
                pick.chance(0.1) ? text("some Customer slow Complaints") : comment(pick));
    }

    private static List<String> part(Pick pick) {
        int key = pick.fresh();
        List<String> like = PARTS.get(key % PARTS.size());
        boolean odd = pick.chance(0.2);
        return List.of(
                "" + key,
                text(like.get(4)),
                text("Manufacturer#" + pick.number(1, 5)),
                text(like.get(0)),
                text(odd ? pick.of(PARTS).get(1) : like.get(1)),
                odd ? "" + pick.of(1, 3, 9, 14, 15, 19, 23, 36, 45, 49) : like.get(2),
                text(odd ? pick.of(PARTS).get(3) : like.get(3)),
                money(pick, 90000, 200000),
                comment(pick));
    }

    private static List<String> partsupp(Pick pick) {
        return List.of(
                first(pick, "part"),
                first(pick, "supplier"),
                "" + pick.number(1, 9999),
                money(pick, 100, 100000),
                comment(pick));
    }

    private static List<String> customer(Pick pick) {
        int key = pick.fresh();
        String nation = usedNation(pick, key);
        return List.of(
                "" + key,
                text("Customer#%09d".formatted(key)),
                text("address " + pick.number(1, 99)),
                nation,
                phone(pick, nation),
                money(pick, -99999, 999999),
                text(pick.of("AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD")),
                comment(pick));
    }

    private static List<String> order(Pick pick) {
        int key = pick.fresh();
        // A third of the customers has no order, which is what query 22 looks for.
        String customer = first(pick, "customer");
        while (Integer.parseInt(customer) % 3 == 0 && pick.chance(0.95)) {
            customer = first(pick, "customer");
        }
        return List.of(
                "" + key,
                customer,
                text(pick.of("F", "F", "O", "O", "P")),
                money(pick, 100000, 50000000),
                day(FIRST_DAY.plusDays(pick.number(0, DAYS))),
                text(pick.of("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW")),
                text("Clerk#%09d".formatted(pick.number(1, 9))),
                "0",
                pick.chance(0.1) ? text("the special packages requests") : comment(pick));
    }

    private static List<String> lineitem(Pick pick) {
        List<String> partsupp = pick.key("partsupp", List.of("1", "1"));
        LocalDate shipped = FIRST_DAY.plusDays(pick.number(1, DAYS + 121));
        LocalDate committed = shipped.plusDays(pick.number(-40, 40));
        LocalDate received = shipped.plusDays(pick.number(1, 30));
        LocalDate today = LocalDate.of(1995, 6, 17);
        // A few orders of many large items, which is what query 18 looks for.
        String order = first(pick, "orders");
        boolean large = order.endsWith("7");
        return List.of(
                order,
                "" + pick.number(1, 8),
                partsupp.get(0),
                partsupp.get(1),
                "" + (large ? pick.number(46, 60) : pick.of(1, 2, 3, 5, 8, 12, 20, 22, 30, 50)),
                money(pick, 90000, 9000000),
                "0.0" + pick.number(0, 9),
                "0.0" + pick.number(0, 8),
                text(received.isAfter(today) ? "N" : pick.of("R", "A")),
                text(shipped.isAfter(today) ? "O" : "F"),
                day(shipped),
                day(committed),
                day(received),
                text(pick.of("DELIVER IN PERSON", "DELIVER IN PERSON", "COLLECT COD", "NONE")),
                text(pick.of("AIR", "AIR REG", "MAIL", "SHIP", "TRUCK", "RAIL")),
                comment(pick));
    }

    private static String first(Pick pick, String table) {
        return pick.key(table, List.of("0")).getFirst();
    }

    private static String usedNation(Pick pick, int key) {
        return "" + (pick.chance(0.85) ? NATIONS_USED[key % 7] : pick.number(0, 24));
    }

    /// The country code is the nation's key and ten, and so among those of query 22.
    private static String phone(Pick pick, String nation) {
        int code =
                pick.chance(0.4)
                        ? pick.of(13, 31, 23, 29, 30, 18, 17)
                        : 10 + Integer.parseInt(nation);
        return text(code + "-" + pick.number(100, 999) + "-" + pick.number(1000, 9999));
    }

    private static String comment(Pick pick) {
        return text(pick.of("carefully final", "quick deposits", "even asymptotes", "slyly"));
    }

    private static String money(Pick pick, int lowCents, int highCents) {
        int cents = pick.number(lowCents, highCents);
        return "%s%d.%02d"
                .formatted(cents < 0 ? "-" : "", Math.abs(cents) / 100, Math.abs(cents) % 100);
    }

    private static String day(LocalDate day) {
        return "date '" + day + "'";
    }

    private static String text(String value) {
        return "'" + value + "'";
    }
}
