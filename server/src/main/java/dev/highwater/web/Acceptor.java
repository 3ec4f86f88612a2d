package dev.highwater.web;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The thread that accepts connections. It ends at once when it is told to, where Netty's own
/// lingers for two seconds in case there is more to do.
final class Acceptor extends MultiThreadIoEventLoopGroup {
    Acceptor() {
        super(1, new DefaultThreadFactory("http accept", true), NioIoHandler.newFactory());
    }

    @Override
    public Future<?> shutdownGracefully() {
        return shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
