package io.driveline.runtime.routes;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The routes of the app that {@code driveline.app} names. {@code driveline.routes} is a folder
 * whose files {@code <app>/*.camel.yaml} take the place of those in the jar, or are added to them;
 * with {@code driveline.routes-reload} (false) they are loaded again when they are saved.
 */
@AutoConfiguration
@ConditionalOnProperty("driveline.app")
public class RoutesConfiguration {

  @Bean
  CamelContextConfiguration routeFiles(
      Environment environment, ObjectProvider<RequestMappingHandlerMapping> paths) {
    Settings settings = new Settings(environment);
    RouteSource source = new RouteSource(settings.text("driveline.app", ""), folder(settings));
    boolean reload = settings.flag("driveline.routes-reload", false);
    if (reload && !source.hasFolder()) {
      throw new WrongSettingException("DRIVELINE_ROUTES_RELOAD needs a folder in DRIVELINE_ROUTES");
    }
    return new RouteLoading(source, new HttpMappings(paths), reload);
  }

  private static Path folder(Settings settings) {
    String folder = settings.text("driveline.routes", "");
    try {
      return folder.isEmpty() ? null : Path.of(folder);
    } catch (InvalidPathException e) {
      throw new WrongSettingException("DRIVELINE_ROUTES must be a folder that exists");
    }
  }
}
