package io.driveline.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * JSON to documents and back, as it stands. MongoDB's own parser would take {@code {"$date": …}} in
 * a customer's metadata for a date.
 */
public final class Json {

  /** MongoDB refuses documents nested deeper than 100 levels; the mirror adds none. */
  private static final int MAX_DEPTH = 100;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /**
   * Reads one JSON object, UTF-8.
   *
   * @throws MalformedEventException if it is not JSON, not an object, has a key twice, is nested
   *     deeper than 100 levels, or has a NUL in a key (which BSON cannot hold)
   */
  public static Document read(byte[] json) throws MalformedEventException {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new MalformedEventException(
          "the body is not valid JSON"
              + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()));
    } catch (IOException e) {
      throw new MalformedEventException("the body is not UTF-8 text");
    }
    if (node == null || !node.isObject()) {
      throw new MalformedEventException("the body is not a JSON object");
    }
    return document(node);
  }

  /** Writes a value made of documents, lists, strings, numbers, booleans and nulls as JSON text. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON value: " + e.getOriginalMessage());
    }
  }

  private static Document document(JsonNode object) throws MalformedEventException {
    Document document = new Document();
    for (var field : object.properties()) {
      if (field.getKey().indexOf('\0') >= 0) {
        throw new MalformedEventException("a key holds a NUL character");
      }
      document.put(field.getKey(), value(field.getValue()));
    }
    return document;
  }

  private static Object value(JsonNode node) throws MalformedEventException {
    return switch (node.getNodeType()) {
      case OBJECT -> document(node);
      case ARRAY -> {
        List<Object> values = new ArrayList<>(node.size());
        for (JsonNode element : node) {
          values.add(value(element));
        }
        yield values;
      }
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      default -> null;
    };
  }

  /** Stripe's amounts and times are integers; what is larger than 64 bits is kept as a decimal. */
  private static Object number(JsonNode node) {
    if (node.isInt()) {
      return node.intValue();
    }
    if (node.canConvertToLong() && node.isIntegralNumber()) {
      return node.longValue();
    }
    return node.doubleValue();
  }
}
