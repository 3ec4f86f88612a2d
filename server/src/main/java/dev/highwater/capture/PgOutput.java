package dev.highwater.capture;

import dev.highwater.failure.Failure;
import dev.highwater.journal.ChangeText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// Decodes messages of PostgreSQL's `pgoutput` plugin, protocol version 1 (PostgreSQL manual,
/// "Logical Replication Message Formats"). Keeps nothing between messages.
final class PgOutput {
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final String OURS = "highwater";
    private static final byte REPLICA_IDENTITY_FULL = 'f';
    private static final int COLUMN_IN_KEY = 1;

    private final byte[] secret;

    /// @param secret what logical messages of our own begin with: anyone may write one, and what it
    ///   says becomes DDL in the store
    PgOutput(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /// One message.
    sealed interface Message {
        /// A transaction starts whose commit record stands at `commit`.
        record Begin(LogSequenceNumber commit, Instant committedAt) implements Message {}

        /// The transaction is complete.
        record Commit(LogSequenceNumber end) implements Message {}

        /// Something inside it.
        record Event(WalEvent event) implements Message {}

        /// Nothing that matters here.
        record Other() implements Message {}
    }

    private static final Message OTHER = new Message.Other();

    /// @throws Failure.Corrupt `wal-message` for what is not in the protocol
    Message decode(ByteBuffer in) {
        byte type = in.get();
        return switch (type) {
            case 'B' -> new Message.Begin(LogSequenceNumber.valueOf(in.getLong()), time(in));
            case 'C' -> {
                in.get();
                in.getLong();
                yield new Message.Commit(LogSequenceNumber.valueOf(in.getLong()));
            }
            case 'R' -> new Message.Event(table(in));
            case 'I' -> new Message.Event(inserted(in));
            case 'U' -> new Message.Event(updated(in));
            case 'D' -> new Message.Event(deleted(in));
            case 'T' -> new Message.Event(truncated(in));
            case 'M' -> told(in);
            case 'Y', 'O' -> OTHER;
            default ->
                    throw new Failure.Corrupt(
                            "wal-message",
                            "the source sent an unknown message '" + (char) type + "'");
        };
    }

    private static WalEvent table(ByteBuffer in) {
        long oid = oid(in);
        string(in); // schema
        string(in); // table
        boolean keyed = in.get() != REPLICA_IDENTITY_FULL;
        int count = in.getShort();
        var columns = new ArrayList<WalEvent.SeenColumn>(count);
        for (int i = 0; i < count; i++) {
            boolean key = (in.get() & COLUMN_IN_KEY) != 0 && keyed;
            columns.add(new WalEvent.SeenColumn(string(in), oid(in), in.getInt(), key));
        }
        return new WalEvent.TableSeen(oid, keyed, columns);
    }

    private static WalEvent inserted(ByteBuffer in) {
        long oid = oid(in);
        in.get();
        return new WalEvent.Inserted(oid, row(in));
    }

    private static WalEvent updated(ByteBuffer in) {
        long oid = oid(in);
        byte kind = in.get();
        @Nullable String @Nullable [] old = null;
        if (kind == 'K' || kind == 'O') {
            old = row(in);
            in.get();
        }
        return new WalEvent.Updated(oid, old, row(in));
    }

    private static WalEvent deleted(ByteBuffer in) {
        long oid = oid(in);
        in.get();
        return new WalEvent.Deleted(oid, row(in));
    }

    private static WalEvent truncated(ByteBuffer in) {
        int count = in.getInt();
        in.get();
        var oids = new ArrayList<Long>(count);
        for (int i = 0; i < count; i++) {
            oids.add(oid(in));
        }
        return new WalEvent.Truncated(oids);
    }

    private Message told(ByteBuffer in) {
        in.get();
        in.getLong();
        String prefix = string(in);
        byte[] content = new byte[in.getInt()];
        in.get(content);
        int start = secret.length;
        boolean ours =
                prefix.equals(OURS)
                        && content.length >= start
                        && MessageDigest.isEqual(secret, Arrays.copyOf(content, start));
        return ours
                ? new Message.Event(
                        new WalEvent.Told(
                                new String(
                                        content,
                                        start,
                                        content.length - start,
                                        StandardCharsets.UTF_8)))
                : OTHER;
    }

    private static @Nullable String[] row(ByteBuffer in) {
        var row = new @Nullable String[in.getShort()];
        for (int i = 0; i < row.length; i++) {
            byte kind = in.get();
            switch (kind) {
                case 'n' -> {}
                case 'u' -> row[i] = ChangeText.UNCHANGED;
                case 't' -> row[i] = text(in, in.getInt());
                default ->
                        throw new Failure.Corrupt(
                                "wal-message",
                                "the source sent an unknown kind of value '" + (char) kind + "'");
            }
        }
        return row;
    }

    private static String text(ByteBuffer in, int length) {
        var text =
                new String(
                        in.array(),
                        in.arrayOffset() + in.position(),
                        length,
                        StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }

    private static String string(ByteBuffer in) {
        int end = in.position();
        while (in.get(end) != 0) {
            end++;
        }
        String text = text(in, end - in.position());
        in.get();
        return text;
    }

    private static long oid(ByteBuffer in) {
        return Integer.toUnsignedLong(in.getInt());
    }

    private static Instant time(ByteBuffer in) {
        return POSTGRES_EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
    }

    /// The rows' size is what counts for memory: characters and a reference each.
    static long size(WalEvent event) {
        return switch (event) {
            case WalEvent.Inserted(long _, @Nullable String[] row) -> size(row);
            case WalEvent.Updated(
                            long _,
                            @Nullable String @Nullable [] old,
                            @Nullable String[] row) ->
                    size(row) + (old == null ? 0 : size(old));
            case WalEvent.Deleted(long _, @Nullable String[] row) -> size(row);
            case WalEvent.TableSeen _, WalEvent.Truncated _, WalEvent.Told _ -> 100;
        };
    }

    private static long size(@Nullable String[] row) {
        long size = 32;
        for (var value : row) {
            size += value == null ? 8 : 48 + value.length();
        }
        return size;
    }
}
