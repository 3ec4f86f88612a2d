package dev.highwater.node;

import dev.highwater.journal.Verification;
import dev.highwater.web.Verifier;
import java.sql.SQLException;
import javax.sql.DataSource;

/// Verifies the journal for HTTP.
record JournalVerifier(DataSource store) implements Verifier {
    @Override
    public Verdict verify(Listener listener) throws SQLException, InterruptedException {
        try (var connection = store.getConnection()) {
            long of = Verification.count(connection);
            var result = Verification.run(connection, checked -> listener.checked(checked, of));
            return result.broken()
                    .<Verdict>map(
                            b ->
                                    new Verdict.Broken(
                                            result.entries(),
                                            b.position(),
                                            b.shard(),
                                            b.seq(),
                                            b.reason()))
                    .orElseGet(
                            () ->
                                    new Verdict.Whole(
                                            result.entries(),
                                            result.changes(),
                                            result.head(),
                                            result.keptFrom()));
        }
    }
}
