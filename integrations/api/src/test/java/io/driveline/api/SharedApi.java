package io.driveline.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.util.FileSystemUtils;

/** One app with its stores for the test classes that only ask it. */
final class SharedApi implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ApiProcess.class || type == Stores.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedApi.class))
            .getOrComputeIfAbsent("running", key -> Running.start(), Running.class);
    return parameter.getParameter().getType() == Stores.class ? running.stores : running.api;
  }

  private record Running(Path folder, Stores stores, ApiProcess api)
      implements ExtensionContext.Store.CloseableResource {

    static Running start() {
      try {
        Path folder = Files.createTempDirectory("driveline-api");
        Stores stores = new Stores(folder);
        stores.startMongodb();
        stores.startBilling();
        return new Running(folder, stores, new ApiProcess(stores.settings()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws IOException {
      api.close();
      stores.close();
      FileSystemUtils.deleteRecursively(folder);
    }
  }
}
