package io.driveline.runtime.routes;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Camel's schema of the canonical YAML DSL: the long form, in which editors write files back. It is
 * 4.22's, since 4.17 has none. It is read when it is first needed: half a second, and a few MB.
 */
final class CanonicalSchema {

  private static final String RESOURCE = "/schema/camelYamlDsl-canonical.json";

  private Schema schema;

  List<Finding> check(RouteFile file, RouteTree tree) {
    List<Finding> findings = new ArrayList<>();
    for (Error error : schema().validate(tree.json())) {
      List<Object> path = path(error.getInstanceLocation());
      String at = !path.isEmpty() && path.getLast() instanceof String key ? key + ": " : "";
      findings.add(
          new Finding(file.shown(), tree.line(path, error.getProperty()), at + error.getMessage()));
    }
    return findings;
  }

  private static List<Object> path(NodePath location) {
    List<Object> path = new ArrayList<>();
    for (int i = 0; i < location.getNameCount(); i++) {
      path.add(location.getElement(i));
    }
    return path;
  }

  private synchronized Schema schema() {
    if (schema == null) {
      Dialect dialect =
          Dialect.builder(Dialects.getDraft4())
              .keyword(new NonValidationKeyword("deprecated"))
              .build();
      try (InputStream json = CanonicalSchema.class.getResourceAsStream(RESOURCE)) {
        schema = SchemaRegistry.withDefaultDialect(dialect).getSchema(json);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return schema;
  }
}
