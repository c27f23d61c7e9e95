package io.driveline.api.access;

import io.driveline.api.ApiSettings;
import io.driveline.api.rest.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/** Who may call what under {@code /api}. The management port has a chain of its own. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  @Order(200)
  SecurityFilterChain apiAccess(HttpSecurity http, ApiSettings settings) throws Exception {
    return http.securityMatcher("/api/**")
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .anonymous(Customizer.withDefaults())
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(new ApiKeyFilter(ApiKeys.of(settings.keys())), AuthorizationFilter.class)
        .authorizeHttpRequests(
            requests ->
                requests
                    // Routes answer asynchronously: these are the rest of a request let in before.
                    .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, "/api/v1/health")
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, "/api/**")
                    .hasAuthority(Scope.READ.authority())
                    .requestMatchers(HttpMethod.HEAD, "/api/**")
                    .hasAuthority(Scope.READ.authority())
                    .requestMatchers(HttpMethod.OPTIONS, "/api/**")
                    .hasAuthority(Scope.READ.authority())
                    .anyRequest()
                    .hasAuthority(Scope.WRITE.authority()))
        .exceptionHandling(
            failures ->
                failures
                    .authenticationEntryPoint(
                        (request, response, failure) -> unauthorized(request, response))
                    .accessDeniedHandler(
                        (request, response, failure) ->
                            write(
                                response,
                                new Problem(
                                    403,
                                    "scope",
                                    "This key may only read; the request needs a key of scope"
                                        + " write or admin."))))
        .build();
  }

  private static void unauthorized(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean given = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE,
        "Bearer realm=\"driveline\"" + (given ? ", error=\"invalid_token\"" : ""));
    write(
        response,
        new Problem(
            401,
            "key",
            given
                ? "This is not one of the API's keys."
                : "The API needs a key: Authorization: Bearer <key>."));
  }

  private static void write(HttpServletResponse response, Problem problem) throws IOException {
    response.setStatus(problem.status());
    response.setContentType(Problem.MEDIA_TYPE);
    response.getOutputStream().write(problem.toJson().getBytes(StandardCharsets.UTF_8));
  }
}
