package dev.highwater.cli;

/// The few colours of the output, as ANSI "select graphic rendition" codes.
enum Colour {
    NONE(""),
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    String paint(String text) {
        return this == NONE || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /// How an operation of a change looks.
    static Colour ofOperation(String operation) {
        return switch (operation) {
            case "insert" -> GREEN;
            case "update" -> YELLOW;
            case "delete", "truncate" -> RED;
            case "define" -> CYAN;
            default -> DIM;
        };
    }

    /// How the state of a table, the capture or a follower looks.
    static Colour ofState(String state) {
        return switch (state) {
            case "live", "streaming", "running" -> GREEN;
            case "filling", "connecting" -> YELLOW;
            case "stopped", "refused", "failed" -> RED;
            default -> DIM;
        };
    }
}
