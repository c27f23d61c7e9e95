package io.driveline.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * {@code openapi.yaml}, and whether an answer keeps it. Taken strictly: an answer may have no
 * member that the contract does not tell of.
 */
final class Contract {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOT = "/api/v1";

  private final ObjectNode document;
  private final SchemaRegistry schemas = SchemaRegistry.withDialect(Dialects.getOpenApi30());

  Contract() {
    try (InputStream yaml = Contract.class.getResourceAsStream("/routes/api/openapi.yaml")) {
      document = JSON.valueToTree(new Yaml().<Map<String, Object>>load(yaml));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    ObjectNode all = (ObjectNode) document.at("/components/schemas");
    all.properties().forEach(named -> named.setValue(merged(named.getValue())));
    close(all);
  }

  /** What is wrong with an answer; empty if nothing is. */
  List<String> violations(String method, String target, int status, String type, String body) {
    String path = target.split("\\?", 2)[0];
    JsonNode operation = operation(method, path);
    JsonNode answer = operation.path("responses").path(String.valueOf(status));
    if (answer.has("$ref")) {
      answer = document.at(answer.get("$ref").asText().substring(1));
    }
    JsonNode schema = answer.path("content").path(type).path("schema");
    if (schema.isMissingNode()) {
      // What the contract does not tell of one by one: 404, 405 and their like are problems too.
      boolean general =
          operation.isMissingNode()
              ? status >= 400
              : List.of(403, 404, 405, 406, 500).contains(status);
      if (!general || !type.equals("application/problem+json")) {
        return List.of("the contract has no " + status + " of type " + type);
      }
      schema = JSON.createObjectNode().put("$ref", "#/components/schemas/Problem");
    }
    if (!type.endsWith("json")) {
      return List.of();
    }
    ObjectNode root = JSON.createObjectNode();
    root.putArray("allOf").add(schema);
    root.set("components", document.get("components"));
    try {
      return schemas.getSchema(root).validate(JSON.readTree(body)).stream()
          .map(Error::toString)
          .toList();
    } catch (IOException e) {
      return List.of("no JSON: " + e.getMessage());
    }
  }

  private JsonNode operation(String method, String path) {
    for (Map.Entry<String, JsonNode> entry : document.get("paths").properties()) {
      String pattern = ROOT + entry.getKey().replaceAll("\\{[a-z]+}", "[^/]+");
      if (path.matches(pattern)) {
        return entry.getValue().path(method.toLowerCase());
      }
    }
    return JSON.missingNode();
  }

  /** A schema made of several, as one. */
  private JsonNode merged(JsonNode schema) {
    if (!schema.has("allOf")) {
      return schema;
    }
    ObjectNode whole = JSON.createObjectNode().put("type", "object");
    for (JsonNode part : schema.get("allOf")) {
      JsonNode resolved =
          part.has("$ref") ? document.at(part.get("$ref").asText().substring(1)) : part;
      whole.withObject("/properties").setAll((ObjectNode) resolved.get("properties").deepCopy());
      resolved.path("required").forEach(name -> whole.withArray("/required").add(name));
    }
    return whole;
  }

  private static void close(JsonNode schema) {
    if (schema.path("properties").isObject() && !schema.has("additionalProperties")) {
      ((ObjectNode) schema).put("additionalProperties", false);
    }
    schema.forEach(Contract::close);
  }
}
