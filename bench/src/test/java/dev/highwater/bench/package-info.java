@NullMarked
package dev.highwater.bench;

import org.jspecify.annotations.NullMarked;
