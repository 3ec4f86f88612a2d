package dev.highwater.journal;

import dev.highwater.journal.Journal.PendingChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A row of `highwater.change`: a change, or several of one entry and one relation that follow each
/// other, their texts as a [RunText] and their salts end to end. A row of the store costs as much
/// as many changes, and most of what changes of one table say is the same.
///
/// @param ordinal of the first change
record StoredChanges(long position, int ordinal, int relation, List<Leaf> leaves) {
    /// With fewer changes in a run each has its own row, which people read more easily.
    private static final int RUN_FROM = 16;

    /// Who reads some rows holds them in memory.
    private static final int CHANGES_MAX = 256;

    private static final int BYTES_MAX = 64 << 10;

    /// The rows that hold these changes.
    static List<StoredChanges> of(List<PendingChange> changes) {
        var rows = new ArrayList<StoredChanges>();
        for (int start = 0; start < changes.size(); ) {
            int end = runEnd(changes, start);
            int each = end - start < RUN_FROM ? 1 : end - start;
            for (; start < end; start += each) {
                rows.add(of(changes, start, start + each));
            }
        }
        return rows;
    }

    private static StoredChanges of(List<PendingChange> changes, int start, int end) {
        var leaves = new ArrayList<Leaf>(end - start);
        for (var change : changes.subList(start, end)) {
            leaves.add(change.leaf());
        }
        var first = changes.get(start);
        return new StoredChanges(first.position(), first.ordinal(), first.relation(), leaves);
    }

    /// Where the changes end that can stand in one row with the first.
    private static int runEnd(List<PendingChange> changes, int start) {
        var first = changes.get(start);
        long bytes = first.leaf().body().length;
        int end = start + 1;
        while (end < changes.size() && end - start < CHANGES_MAX) {
            var next = changes.get(end);
            bytes += next.leaf().body().length;
            if (next.position() != first.position()
                    || next.relation() != first.relation()
                    || bytes > BYTES_MAX) {
                break;
            }
            end++;
        }
        return end;
    }

    /// The texts in UTF-8.
    byte[] body() {
        return RunText.of(leaves);
    }

    /// The salts.
    byte[] salts() {
        var all = new byte[leaves.size() * MerkleTree.SALT_LENGTH];
        for (int i = 0; i < leaves.size(); i++) {
            System.arraycopy(
                    leaves.get(i).salt(),
                    0,
                    all,
                    i * MerkleTree.SALT_LENGTH,
                    MerkleTree.SALT_LENGTH);
        }
        return all;
    }

    /// Adds the changes of a row to the tree over their entry.
    ///
    /// @return whether the row is one that [#of] could have written
    static boolean addTo(MerkleTree tree, int changes, String body, byte[] salts) {
        if (changes == 1) {
            tree.add(salts, body);
            return true;
        }
        var texts = RunText.texts(body);
        if (texts.size() != changes || salts.length != changes * MerkleTree.SALT_LENGTH) {
            return false;
        }
        for (int i = 0; i < changes; i++) {
            int from = i * MerkleTree.SALT_LENGTH;
            tree.add(Arrays.copyOfRange(salts, from, from + MerkleTree.SALT_LENGTH), texts.get(i));
        }
        return true;
    }
}
