/// Tests that use Highwater as its users do: the packaged program, started as a process, spoken to
/// by SQL, HTTP and its command line. Read `Distribution` first; everything starts from it.
@NullMarked
package dev.highwater.e2e;

import org.jspecify.annotations.NullMarked;
