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
 * Detects idle connections. It replaces the handler of Vert.x, which would also close a connection
 * while a complete request waits for its response, or while a large response is sent slowly.
 */
final class IdleConnections extends IdleStateHandler {
  private RoutingContext latest;

  private IdleConnections(Duration timeout) {
    super(true, 0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Watches a request's connection. Call it on the request's event loop when the headers arrive.
   */
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

  /** Whether a body follows the headers. */
  static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || length != null && Long.parseLong(length) > 0;
  }
}
