package io.driveline.webhook;

import io.driveline.events.Json;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.camel.CamelContext;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for what never reaches a route: other paths, other methods, broken requests. */
@RestController
class ErrorAnswers implements ErrorController {

  private final CamelContext camel;
  private final int retryAfter;

  ErrorAnswers(CamelContext camel, WebhookSettings settings) {
    this.camel = camel;
    this.retryAfter = settings.retryAfter();
  }

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<String> answer(HttpServletRequest request) {
    // Tomcat's code is 0 where a client has gone away amid its answer.
    HttpStatus given =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? HttpStatus.resolve(code)
            : null;
    HttpStatus status = given == null ? HttpStatus.NOT_FOUND : given;
    if (status == HttpStatus.NOT_FOUND && !camel.isStarted()) {
      // The server is there before the routes are: nobody shall look for a mistake in the address.
      return answer(
          ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
              .header(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter)),
          "the webhook is starting; send it again");
    }
    return answer(ResponseEntity.status(status), status.getReasonPhrase());
  }

  private static ResponseEntity<String> answer(ResponseEntity.BodyBuilder response, String error) {
    return response.contentType(MediaType.APPLICATION_JSON).body(Json.write(Answers.error(error)));
  }
}
