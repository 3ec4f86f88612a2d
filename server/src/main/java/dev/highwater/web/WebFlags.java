package dev.highwater.web;

import com.linecorp.armeria.common.FlagsProvider;
import com.linecorp.armeria.common.util.TransportType;

/// What can be told to Armeria only this way; it finds this class by `META-INF/services`.
public final class WebFlags implements FlagsProvider {
    private static final int PRIORITY = 100;

    @Override
    public int priority() {
        return PRIORITY;
    }

    /// Java's own sockets, which are as quick and need no native library.
    @Override
    public TransportType transportType() {
        return TransportType.NIO;
    }

    /// Where a client asked for it, the connection is closed at once and not after three seconds.
    @Override
    public Long defaultHttp1ConnectionCloseDelayMillis() {
        return 0L;
    }
}
