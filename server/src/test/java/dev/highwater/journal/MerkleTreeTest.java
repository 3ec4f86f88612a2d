package dev.highwater.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MerkleTreeTest {
    @Test
    void the_root_is_that_of_the_recursive_definition_for_every_small_size() {
        var leaves = new ArrayList<byte[]>();
        var tree = new MerkleTree();
        for (int size = 1; size <= 70; size++) {
            byte[] salt = new byte[MerkleTree.SALT_LENGTH];
            salt[0] = (byte) size;
            tree.add(salt, "change " + size);
            leaves.add(leaf(salt, "change " + size));
            assertThat(tree.root()).as("size " + size).isEqualTo(root(leaves));
        }
    }

    @Test
    void a_change_can_be_withheld_with_its_leaf_in_its_place() {
        byte[] salt = new byte[MerkleTree.SALT_LENGTH];
        var whole = new MerkleTree();
        var withheld = new MerkleTree();
        for (int i = 0; i < 5; i++) {
            whole.add(salt, "change " + i);
            if (i == 3) {
                withheld.addLeaf(leaf(salt, "change 3"));
            } else {
                withheld.add(salt, "change " + i);
            }
        }
        assertThat(withheld.root()).isEqualTo(whole.root());
    }

    @Test
    void the_root_of_nothing_is_the_hash_of_nothing() {
        assertThat(HexFormat.of().formatHex(new MerkleTree().root()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    /// RFC 6962, section 2.1, word for word.
    private static byte[] root(List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return leaves.getFirst();
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        var digest = Hashes.sha256();
        digest.update((byte) 1);
        digest.update(root(leaves.subList(0, split)));
        return digest.digest(root(leaves.subList(split, leaves.size())));
    }

    private static byte[] leaf(byte[] salt, String text) {
        var digest = Hashes.sha256();
        digest.update((byte) 0);
        digest.update(salt);
        return digest.digest(text.getBytes(StandardCharsets.UTF_8));
    }
}
