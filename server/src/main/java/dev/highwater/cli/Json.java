package dev.highwater.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.highwater.failure.Failure;

/// JSON as it travels: numbers keep every digit they were written with, values may be as long as
/// the database allows.
final class Json {

    static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .maxNumberLength(Integer.MAX_VALUE)
                                                    .maxNestingDepth(10_000)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                    .build();

    private Json() {}

    static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Failure.Unavailable(
                    "bad-answer",
                    "the node answered with something that is not JSON: "
                            + DisplayText.cut(DisplayText.printable(text), 80),
                    e);
        }
    }

    /// The value on one line of JSON.
    static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("a value cannot be written as JSON", e);
        }
    }

    /// The value as a person reads it: strings without quotes, nested values as JSON.
    static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "null";
        }
        return value.isTextual() ? value.textValue() : line(value);
    }

    static Table.Cell cell(JsonNode value) {
        return value.isMissingNode() || value.isNull()
                ? Table.Cell.NULL
                : Table.Cell.of(text(value));
    }
}
