package io.driveline.runtime.management;

import io.driveline.runtime.settings.Settings;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Who may do what on the management port. Probes and metrics are open, since the port is not
 * public; Hawtio and Jolokia, which stop and start routes, want the login, and are closed where
 * there is none.
 */
@AutoConfiguration
public class ManagementConfiguration {

  private static final String HAWTIO = "/actuator/hawtio";

  @Bean
  ManagementSettings managementSettings(Environment environment) {
    return ManagementSettings.from(new Settings(environment));
  }

  @Bean
  @Order(100)
  SecurityFilterChain managementAccess(
      HttpSecurity http, ManagementSettings settings, Environment environment) throws Exception {
    List<RequestMatcher> closed =
        new ArrayList<>(List.of(path(HAWTIO + "/**"), path("/actuator/jolokia/**")));
    if (settings.metricsLogin()) {
      closed.add(path("/actuator/prometheus"));
    }
    RequestMatcher wantsLogin = new OrRequestMatcher(closed);
    Refusal refusal = new Refusal(wantsLogin, settings.hasLogin());
    HttpSessionRequestCache pages = new HttpSessionRequestCache();
    // Only a person comes back to it after the login; all else would be a session for nobody.
    pages.setRequestMatcher(Refusal::isPage);
    http.securityMatcher(new ManagementPort(environment))
        .authenticationManager(login(settings))
        // The session's cookie is SameSite=Strict, and no browser is made to remember a basic
        // login: a request that another site has a browser send comes without either.
        .csrf(AbstractHttpConfigurer::disable)
        // Nothing is shared with another origin; Jolokia by itself would share all with any.
        .cors(cors -> cors.configurationSource(request -> new CorsConfiguration()))
        .requestCache(cache -> cache.requestCache(pages))
        .exceptionHandling(
            failures ->
                failures
                    // As the default: with one of its own, Spring would make no login page.
                    .defaultAuthenticationEntryPointFor(refusal, AnyRequestMatcher.INSTANCE)
                    .accessDeniedHandler(refusal))
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                    .permitAll()
                    // Where the console learns that it has no way to other hosts.
                    .requestMatchers(path(HAWTIO + "/proxy/enabled"))
                    .authenticated()
                    // That way: it could reach whatever this app can.
                    .requestMatchers(path(HAWTIO + "/proxy/**"))
                    .denyAll()
                    .requestMatchers(wantsLogin)
                    .authenticated()
                    .requestMatchers(
                        path("/actuator/health/**"),
                        path("/actuator/info"),
                        path("/actuator/prometheus"))
                    .permitAll()
                    .anyRequest()
                    .denyAll());
    if (settings.hasLogin()) {
      http.addFilterAfter(new HawtioUser(path(HAWTIO + "/user")), AuthorizationFilter.class)
          .httpBasic(basic -> basic.authenticationEntryPoint(refusal))
          .formLogin(form -> form.defaultSuccessUrl(HAWTIO))
          .logout(logout -> logout.logoutRequestMatcher(path(HAWTIO + "/auth/logout")));
    }
    return http.build();
  }

  private static AuthenticationManager login(ManagementSettings settings) {
    return attempt -> {
      if (!settings.isLogin(attempt.getName(), String.valueOf(attempt.getCredentials()))) {
        throw new BadCredentialsException("Wrong login");
      }
      return UsernamePasswordAuthenticationToken.authenticated(
          attempt.getName(), null, AuthorityUtils.createAuthorityList("ROLE_MANAGEMENT"));
    };
  }

  private static RequestMatcher path(String pattern) {
    return PathPatternRequestMatcher.withDefaults().matcher(pattern);
  }
}
