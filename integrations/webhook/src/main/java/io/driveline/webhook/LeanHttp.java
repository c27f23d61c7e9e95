package io.driveline.webhook;

import io.driveline.runtime.http.DrainingHttp;

/**
 * HTTP with small buffers: with Tomcat's own sizes, 2,000 connections that only wait hold more than
 * 120 MiB. Answers here are short, and bodies are read into buffers of our own. Tomcat makes it by
 * its class name, hence public.
 */
public final class LeanHttp extends DrainingHttp {

  private static final int READ = 2 * 1024;
  private static final int WRITE = 1024;

  /** With small buffers at each socket. */
  public LeanHttp() {
    getEndpoint().getSocketProperties().setAppReadBufSize(READ);
    getEndpoint().getSocketProperties().setAppWriteBufSize(WRITE);
  }

  /** Of a response's buffer, of which there is one in bytes and one in characters. */
  @Override
  public int getDesiredBufferSize() {
    return WRITE;
  }
}
