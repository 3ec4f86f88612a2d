package dev.highwater.cli;

import picocli.CommandLine.TypeConversionException;

/// How results are printed.
enum Format {
    TABLE,
    JSON;

    static Format parse(String text) {
        return switch (text) {
            case "table" -> TABLE;
            case "json" -> JSON;
            default ->
                    throw new TypeConversionException("'" + text + "' is neither table nor json");
        };
    }
}
