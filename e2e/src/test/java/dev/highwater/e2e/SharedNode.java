package dev.highwater.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands one node to all test classes that ask for a [RunningNode]; it lives until the last of them
/// is done. Each uses tables of its own. What the node said is looked through after each class.
final class SharedNode implements ParameterResolver, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(SharedNode.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningNode.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return node(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        node(context).assertCleanLog();
    }

    private static RunningNode node(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        "node",
                        // Tests run in several JVMs at once.
                        _ -> start("shared-" + ProcessHandle.current().pid()),
                        RunningNode.class);
    }

    /// Starts a node on an empty data directory below the build's folder.
    static RunningNode start(String name) {
        try {
            return RunningNode.start(empty(name));
        } catch (Exception e) {
            throw new AssertionError("the node " + name + " did not start: " + e.getMessage(), e);
        }
    }

    /// The folder of that name.
    static Path path(String name) {
        return Path.of("target", "nodes", name).toAbsolutePath();
    }

    /// An empty folder for a node's data.
    static Path empty(String name) throws Exception {
        Path folder = path(name);
        Distribution.delete(folder);
        Files.createDirectories(folder.getParent());
        return folder;
    }
}
