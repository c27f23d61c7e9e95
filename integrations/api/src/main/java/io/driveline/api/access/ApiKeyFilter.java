package io.driveline.api.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets a request be what its key allows. A request without a known key stays nobody's. */
final class ApiKeyFilter extends OncePerRequestFilter {

  private static final String SCHEME = "Bearer ";

  private final ApiKeys keys;

  ApiKeyFilter(ApiKeys keys) {
    this.keys = keys;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null && isBearer(header)) {
      Optional<Caller> caller = keys.callerOf(header.substring(SCHEME.length()).trim());
      if (caller.isPresent()) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication(caller.get()));
        SecurityContextHolder.setContext(context);
        caller.get().attach(request);
      }
    }
    chain.doFilter(request, response);
  }

  /** Whether a header {@code Authorization} has a key at all. */
  static boolean isBearer(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  private static UsernamePasswordAuthenticationToken authentication(Caller caller) {
    List<SimpleGrantedAuthority> authorities =
        Arrays.stream(Scope.values())
            .filter(caller.scope()::includes)
            .map(included -> new SimpleGrantedAuthority(included.authority()))
            .toList();
    return UsernamePasswordAuthenticationToken.authenticated(
        "api-key:" + caller.name(), null, authorities);
  }
}
