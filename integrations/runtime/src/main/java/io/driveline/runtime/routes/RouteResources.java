package io.driveline.runtime.routes;

import java.util.function.Function;
import org.apache.camel.impl.engine.DefaultResourceLoader;
import org.apache.camel.impl.engine.DefaultResourceResolvers;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * What {@code classpath:routes/<app>/<name>} means to Camel: the file of that name, wherever it
 * came from. So a route finds its OpenAPI document in the folder outside the jar too.
 */
final class RouteResources extends DefaultResourceResolvers.ClasspathResolver {

  /** The name under which Camel asks the registry for it. */
  static final String BEAN = DefaultResourceLoader.RESOURCE_LOADER_KEY_PREFIX + SCHEME;

  private final Function<String, RouteFile> files;

  /**
   * @param files by name; null where there is none
   */
  RouteResources(Function<String, RouteFile> files) {
    this.files = files;
  }

  @Override
  public Resource createResource(String location, String path) {
    RouteFile file =
        path.startsWith("routes/") ? files.apply(path.substring(path.lastIndexOf('/') + 1)) : null;
    return file == null
        ? super.createResource(location, path)
        : ResourceHelper.fromString(file.shown(), file.text());
  }
}
