package io.driveline.webhook;

import io.driveline.events.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Answers for what Tomcat itself refuses, such as headers that are too large. Tomcat makes it by
 * its class name, hence public.
 */
public final class ServerErrors extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, Throwable failure) {
    HttpStatus status = HttpStatus.resolve(response.getStatus());
    if (status == null || !status.isError() || response.getContentWritten() > 0) {
      return;
    }
    byte[] body =
        Json.write(Answers.error(status.getReasonPhrase())).getBytes(StandardCharsets.UTF_8);
    try {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // nobody left to tell
    }
  }
}
