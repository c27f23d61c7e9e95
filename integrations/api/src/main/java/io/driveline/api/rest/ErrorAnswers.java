package io.driveline.api.rest;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.camel.CamelContext;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for what never reaches a route: paths outside the API, refused and broken requests. */
@RestController
class ErrorAnswers implements ErrorController {

  private final CamelContext camel;

  ErrorAnswers(CamelContext camel) {
    this.camel = camel;
  }

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<String> answer(HttpServletRequest request) {
    Object given = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Problem problem = Problem.of(given instanceof Integer status ? status : 404);
    if (problem.status() == 404 && !camel.isStarted()) {
      // The server is there before the routes are; nobody shall take that for an unknown event.
      return answer(
          ResponseEntity.status(503).header(HttpHeaders.RETRY_AFTER, "1"), Problem.starting());
    }
    return answer(ResponseEntity.status(problem.status()), problem);
  }

  private static ResponseEntity<String> answer(
      ResponseEntity.BodyBuilder response, Problem problem) {
    return response
        .contentType(MediaType.parseMediaType(Problem.MEDIA_TYPE))
        .body(problem.toJson());
  }
}
