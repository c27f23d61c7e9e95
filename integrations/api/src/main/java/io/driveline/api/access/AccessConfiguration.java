package io.driveline.api.access;

import io.driveline.api.rest.Problem;
import io.driveline.runtime.settings.Settings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * Who may call what. Outside of {@value #ROOT} there is nothing at all, whatever the class path
 * brings. The management port has a chain of its own, which comes first.
 */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  private static final String ROOT = "/api/v1/";
  private static final String ALL = ROOT + "**";
  private static final String CHALLENGE = "Bearer realm=\"driveline\"";

  @Bean
  @Order(200)
  SecurityFilterChain apiAccess(HttpSecurity http, Environment environment) throws Exception {
    ApiKeys keys = ApiKeys.from(new Settings(environment));
    // Said in so many words, since Spring lets no chain come after one without a matcher.
    return http.securityMatcher("/**")
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(new ApiKeyFilter(keys), AuthorizationFilter.class)
        .authorizeHttpRequests(
            requests ->
                requests
                    // Routes answer asynchronously: these are the rest of a request let in before.
                    .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, ROOT + "health")
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, ALL)
                    .hasAuthority(Scope.READ.authority())
                    .requestMatchers(HttpMethod.HEAD, ALL)
                    .hasAuthority(Scope.READ.authority())
                    .requestMatchers(HttpMethod.OPTIONS, ALL)
                    .hasAuthority(Scope.READ.authority())
                    .requestMatchers(ALL)
                    .hasAuthority(Scope.WRITE.authority())
                    .anyRequest()
                    .denyAll())
        .exceptionHandling(
            failures ->
                failures
                    .authenticationEntryPoint(
                        (request, response, failure) -> unauthorized(request, response))
                    .accessDeniedHandler(
                        (request, response, failure) -> forbidden(request, response)))
        .build();
  }

  /** Addresses with a path that could mean two things, and methods that are none. */
  @Bean
  RequestRejectedHandler suspiciousRequests() {
    return (request, response, rejected) ->
        new Problem(400, "bad-request", "The request is malformed.").write(response);
  }

  private static void unauthorized(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (isOutside(request)) {
      Problem.unknownPath().write(response);
      return;
    }
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    boolean given = header != null;
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, CHALLENGE + (given ? ", error=\"invalid_token\"" : ""));
    new Problem(
            401,
            "key",
            given ? wrongKey(header) : "The API needs a key: Authorization: Bearer <key>.")
        .write(response);
  }

  private static String wrongKey(String header) {
    return ApiKeyFilter.isBearer(header)
        ? "This is not one of the API's keys."
        : "The header Authorization must begin with the word Bearer: Authorization: Bearer <key>.";
  }

  private static void forbidden(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (isOutside(request)) {
      Problem.unknownPath().write(response);
      return;
    }
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE + ", error=\"insufficient_scope\"");
    new Problem(
            403,
            "scope",
            "This key may only read; the request needs a key of scope write or admin.")
        .write(response);
  }

  private static boolean isOutside(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(ROOT);
  }
}
