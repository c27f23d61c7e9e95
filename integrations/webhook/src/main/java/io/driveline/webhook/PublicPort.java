package io.driveline.webhook;

import jakarta.servlet.DispatcherType;
import java.time.Duration;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** What anyone may call, and nothing else. The management port has a chain of its own. */
@Configuration(proxyBeanMethods = false)
class PublicPort {

  private static final int NOT_FOUND = 404;
  private static final Duration LATER = Duration.ofSeconds(5);

  /** A post is let in by its signature, which its route checks. */
  @Bean
  @Order(200)
  SecurityFilterChain webhookAccess(HttpSecurity http) throws Exception {
    // Every path, and yet not "any request", which only the last chain of all may match.
    return http.securityMatcher("/**")
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(
            requests ->
                requests
                    // The rest of a request that was let in before.
                    .dispatcherTypeMatchers(
                        DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.INCLUDE)
                    .permitAll()
                    .requestMatchers("/webhook/v1/**")
                    .permitAll()
                    .anyRequest()
                    .denyAll())
        .exceptionHandling(
            failures ->
                failures
                    .authenticationEntryPoint(
                        (request, response, failure) -> response.sendError(NOT_FOUND))
                    .accessDeniedHandler(
                        (request, response, failure) -> response.sendError(NOT_FOUND)))
        .build();
  }

  /** Methods that nobody knows get the 405 that other wrong ones get. */
  @Bean
  HttpFirewall httpFirewall() {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    firewall.setUnsafeAllowAnyHttpMethod(true);
    return firewall;
  }

  /** A path that is not plain is none of ours. */
  @Bean
  RequestRejectedHandler requestRejectedHandler() {
    return (request, response, rejected) -> response.sendError(NOT_FOUND);
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> server(WebhookSettings settings) {
    return server -> {
      server.setProtocol(LeanHttp.class.getName());
      server.addConnectorCustomizers(
          connector -> {
            // Later than the body's own limit, whose answer is 408; Tomcat's would be 500, or none.
            // Its limit for uploads does not do: it is over when a request becomes asynchronous.
            LeanHttp http = (LeanHttp) connector.getProtocolHandler();
            http.setConnectionTimeout(
                Math.toIntExact(settings.bodyTimeout().plus(LATER).toMillis()));
          });
      server.addContextCustomizers(
          context ->
              ((StandardHost) context.getParent())
                  .setErrorReportValveClass(ServerErrors.class.getName()));
    };
  }
}
