package dev.highwater.client;

import java.util.List;

/// What keeps a conditional append from being done: an event that has all of these tags.
///
/// @param types and is of one of these types; empty for any type
public record Unless(List<String> tags, List<String> types) {
    public Unless {
        tags = List.copyOf(tags);
        types = List.copyOf(types);
    }
}
