package dev.highwater.cli;

/// Placeholder.
public final class Demo {
    private Demo() {}
}
