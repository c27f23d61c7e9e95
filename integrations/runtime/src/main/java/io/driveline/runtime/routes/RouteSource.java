package io.driveline.runtime.routes;

import io.driveline.runtime.settings.WrongSettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Where an app's route files come from: {@code routes/<app>/} of the class path, and over that,
 * file by file, {@code <folder>/<app>/}. What is no route file, such as an OpenAPI document, comes
 * from the class path alone.
 */
final class RouteSource {

  private final String app;
  private final Path folder;
  private final Map<String, RouteFile> shipped = new TreeMap<>();

  /**
   * @param folder the folder outside the jar; null if there is none
   */
  RouteSource(String app, Path folder) {
    this.app = app;
    this.folder = folder;
    if (folder != null && !Files.isDirectory(folder)) {
      throw new WrongSettingException("DRIVELINE_ROUTES must be a folder that exists");
    }
  }

  boolean hasFolder() {
    return folder != null;
  }

  /**
   * Reads them all, sorted by name.
   *
   * @throws IOException if one cannot be read just now, as while it is replaced
   */
  List<RouteFile> read() throws IOException {
    if (shipped.isEmpty()) {
      for (Resource file :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:routes/" + app + "/*.yaml")) {
        try (InputStream in = file.getInputStream()) {
          add(shipped, file.getFilename(), "routes/" + app + "/", in.readAllBytes(), true);
        }
      }
    }
    Map<String, RouteFile> files = new TreeMap<>(shipped);
    Path own = folder == null ? null : folder.resolve(app);
    if (own != null && Files.isDirectory(own)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(own, "[!.]*.yaml")) {
        for (Path file : found) {
          add(files, file.getFileName().toString(), own + "/", Files.readAllBytes(file), false);
        }
      }
    }
    return List.copyOf(files.values());
  }

  private static void add(
      Map<String, RouteFile> files, String name, String where, byte[] bytes, boolean shipped)
      throws IOException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      files.put(name, new RouteFile(name, where + name, text, shipped));
    } catch (CharacterCodingException e) {
      throw new IOException(where + name + " is not UTF-8", e);
    }
  }
}
