/// The ways to fail: one sealed family, mapped once to exit codes, HTTP statuses and SQLSTATEs.
@NullMarked
package dev.highwater.failure;

import org.jspecify.annotations.NullMarked;
