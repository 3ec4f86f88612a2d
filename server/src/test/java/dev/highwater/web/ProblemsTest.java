package dev.highwater.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.RequestTimeoutException;
import org.junit.jupiter.api.Test;

final class ProblemsTest {
    @Test
    void an_answer_that_takes_too_long_is_no_bug() {
        var answer = Problems.of(RequestTimeoutException.get()).aggregate().join();
        assertThat(answer.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.contentUtf8()).contains("request-timeout").contains("30 s");
    }
}
