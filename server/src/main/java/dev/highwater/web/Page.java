package dev.highwater.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;

/// `GET /`: a page to look at, which loads nothing from elsewhere and holds no data of its own.
final class Page {
    private static final String POLICY =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
                    + " img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final byte[] html;

    Page() {
        try (var in = Page.class.getResourceAsStream("index.html")) {
            if (in == null) {
                throw new Failure.Bug("the page index.html is missing in this build");
            }
            html = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse show(ServiceRequestContext ctx, AggregatedHttpRequest request) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.HTML_UTF_8)
                        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .build(),
                HttpData.wrap(html));
    }
}
