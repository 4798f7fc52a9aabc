package io.millrace.access;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Tells that a connection is idle, in the place of Vert.x' own handler, which would also close it
 * while a whole request waits for its answer, and while a large answer flows slowly.
 */
final class IdleConnections extends IdleStateHandler {
  private RoutingContext latest;

  private IdleConnections(Duration timeout) {
    super(true, 0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** To be called on the event loop of the request, where its head has arrived. */
  static void watch(RoutingContext context, Duration timeout) {
    ChannelPipeline pipeline =
        ((ConnectionBase) context.request().connection()).channel().pipeline();
    IdleStateHandler handler = pipeline.get(IdleStateHandler.class);
    if (handler instanceof IdleConnections own) {
      own.latest = context;
    } else if (handler != null) {
      var own = new IdleConnections(timeout);
      own.latest = context;
      pipeline.replace(handler, "idle", own);
    }
  }

  @Override
  protected void channelIdle(ChannelHandlerContext channel, IdleStateEvent event) throws Exception {
    if (!isAnswerAwaited(latest)) {
      super.channelIdle(channel, event);
    }
  }

  private static boolean isAnswerAwaited(RoutingContext context) {
    HttpServerRequest request = context.request();
    return !context.response().headWritten() && (!hasBody(request) || request.isEnded());
  }

  /** Whether a body follows the head. */
  static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || length != null && Long.parseLong(length) > 0;
  }
}
