package dev.highwater;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Holds the layers that ARCHITECTURE.md draws, and the few habits that a compiler does not check.
class ArchitectureTest {
    private static final String ROOT = "dev.highwater";

    /// The layer of each package; a class imports from its own package and from lower layers.
    private static final Map<String, Integer> LAYERS =
            Map.ofEntries(
                    Map.entry("node", 7),
                    Map.entry("web", 6),
                    Map.entry("cli", 6),
                    Map.entry("feed", 5),
                    Map.entry("apply", 4),
                    Map.entry("view", 3),
                    Map.entry("backup", 3),
                    Map.entry("capture", 2),
                    Map.entry("relation", 2),
                    Map.entry("journal", 1),
                    Map.entry("sql", 0),
                    Map.entry("failure", 0));

    /// The command line speaks HTTP to a running node: it knows nothing of what is inside one.
    private static final Map<String, Set<String>> ONLY = Map.of("cli", Set.of("failure", "sql"));

    /// The one step within a layer: SQL access reports its failures as everybody does.
    private static final Map<String, Set<String>> ALSO = Map.of("sql", Set.of("failure"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(ROOT);

    @Test
    void every_package_has_a_layer() {
        Stream<String> packages = CLASSES.stream().map(ArchitectureTest::part).distinct();

        assertThat(packages)
                .as("packages of %s: give a new one its layer here and in ARCHITECTURE.md", ROOT)
                .isNotEmpty()
                .isSubsetOf(LAYERS.keySet());
    }

    @Test
    void imports_point_downwards() {
        classes().should(importOnlyLowerLayers()).check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching(ROOT + ".(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void every_package_says_that_null_is_marked() {
        Stream<String> unmarked =
                CLASSES.stream()
                        .map(JavaClass::getPackage)
                        .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName)
                        .distinct();

        assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
    }

    @Test
    void only_the_command_line_prints() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".node..", ROOT + ".cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .because("stdout belongs to the command line, and logs go through SLF4J")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void logs_go_through_slf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "ch.qos.logback..")
                .check(CLASSES);
    }

    @Test
    void nobody_calls_thread_sleep() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .because(
                        "a thread waits for a condition; only a pause before a retry is a pause,"
                                + " and says its unit: TimeUnit.SECONDS.sleep(1)")
                .check(CLASSES);
    }

    private static ArchCondition<JavaClass> importOnlyLowerLayers() {
        return new ArchCondition<>("import only from their own package and lower layers") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                    JavaClass to = dependency.getTargetClass().getBaseComponentType();
                    if (to.getPackageName().startsWith(ROOT) && !allowed(part(from), part(to))) {
                        events.add(
                                SimpleConditionEvent.violated(from, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean allowed(String from, String to) {
        if (from.equals(to) || ALSO.getOrDefault(from, Set.of()).contains(to)) {
            return true;
        }
        Set<String> only = ONLY.get(from);
        return only == null ? layer(from) > layer(to) : only.contains(to);
    }

    /// A package without a layer stands below all others; another test complains of it.
    private static int layer(String part) {
        return LAYERS.getOrDefault(part, -1);
    }

    /// `feed` for `dev.highwater.feed` and whatever lies below it.
    private static String part(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
    }
}
