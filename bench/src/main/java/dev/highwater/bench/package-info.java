/// Measurements of the packaged program, each beside a baseline that is run in the same minute on
/// the same machine.
@NullMarked
package dev.highwater.bench;

import org.jspecify.annotations.NullMarked;
