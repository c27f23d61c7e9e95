package io.driveline.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TrafficTest {

  private static final int OBJECTS = 3_000;

  @Test
  void theSameSeedTellsTheSameStory() {
    List<Delivery> once = story(7);
    List<Delivery> again = story(7);

    assertThat(again).hasSameSizeAs(once);
    for (int i = 0; i < once.size(); i++) {
      assertThat(again.get(i).at()).isEqualTo(once.get(i).at());
      assertThat(again.get(i).body()).isEqualTo(once.get(i).body());
    }
    assertThat(Arrays.equals(story(8).getFirst().body(), once.getFirst().body())).isFalse();
  }

  @Test
  void aTenthOfTheEventsComesTwiceAndATenthSharesItsSecond() {
    List<Delivery> story = story(7);
    Map<String, Planned> events = new LinkedHashMap<>();
    story.forEach(delivery -> events.put(delivery.event().id(), delivery.event()));
    Map<String, Long> seconds =
        events.values().stream()
            .collect(
                Collectors.groupingBy(
                    event -> event.object() + "@" + event.created(), Collectors.counting()));
    long together = seconds.values().stream().filter(n -> n > 1).mapToLong(n -> n).sum();

    assertThat(seconds.values()).allMatch(n -> n <= 6);
    assertThat((double) (story.size() - events.size()) / events.size()).isBetween(0.08, 0.12);
    assertThat((double) together / events.size()).isBetween(0.08, 0.12);
  }

  @Test
  void whereASecondTellsAllOfTheStatesBeforeEachOneIsTheStateThatTheLastEventLeft()
      throws Exception {
    int compared = 0;
    Traffic traffic = new Traffic(7, "t");
    for (int i = 0; i < OBJECTS; i++) {
      Map<String, JsonNode> events = new LinkedHashMap<>();
      List<Delivery> life = traffic.next(Duration.ZERO);
      if (life.getFirst().event().object().second() != Life.Second.COMPLETE) {
        continue;
      }
      for (Delivery delivery : life) {
        JsonNode event = Canonical.JSON.readTree(delivery.body());
        events.putIfAbsent(event.path("id").asText(), event);
      }
      JsonNode left = null;
      for (JsonNode event : events.values()) {
        JsonNode previous = event.path("data").path("previous_attributes");
        if (previous.isObject()) {
          ObjectNode before = event.path("data").path("object").deepCopy();
          overlay(before, previous);
          assertThat(Canonical.digest(before)).isEqualTo(Canonical.digest(left));
          compared++;
        }
        left = withoutNulls(event.path("data").path("object"));
      }
      assertThat(left).isEqualTo(withoutNulls(reread(life.getFirst().event().object().last())));
    }
    assertThat(compared).isGreaterThan(200);
  }

  private static JsonNode reread(JsonNode node) throws Exception {
    return Canonical.JSON.readTree(Canonical.JSON.writeValueAsBytes(node));
  }

  private static List<Delivery> story(long seed) {
    Traffic traffic = new Traffic(seed, "t");
    List<Delivery> all = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      all.addAll(traffic.next(Duration.ofSeconds(i)));
    }
    return all;
  }

  private static void overlay(ObjectNode object, JsonNode previous) {
    for (Map.Entry<String, JsonNode> field : previous.properties()) {
      if (field.getValue().isObject()) {
        overlay((ObjectNode) object.get(field.getKey()), field.getValue());
      } else {
        object.set(field.getKey(), field.getValue());
      }
    }
    List<String> nulls = new ArrayList<>();
    object
        .properties()
        .forEach(field -> nulls.add(field.getValue().isNull() ? field.getKey() : ""));
    object.remove(nulls);
  }

  private static JsonNode withoutNulls(JsonNode object) {
    ObjectNode copy = object.deepCopy();
    overlay(copy, Canonical.JSON.createObjectNode());
    return copy;
  }
}
