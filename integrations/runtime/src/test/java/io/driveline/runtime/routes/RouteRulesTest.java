package io.driveline.runtime.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each rule can fail, and says where. */
class RouteRulesTest {

  private static final String GOOD =
      """
      - routeConfiguration:
          id: app-errors
          onException:
            - onException:
                id: on-fault
                exception:
                  - java.lang.Exception
                redeliveryPolicy:
                  redeliveryDelay: "{{driveline.app.retry-delay:200}}"
                handled:
                  constant:
                    expression: "true"
      - route:
          id: app-enter
          description: Lets events in.
          routeConfigurationId: app-errors
          from:
            id: from-timer
            uri: timer
            parameters:
              timerName: enter
              period: "{{driveline.app.period:1000}}"
            steps:
              - choice:
                  id: by-body
                  when:
                    - id: is-empty
                      expression:
                        simple:
                          expression: "${body} == null"
                      steps:
                        - to:
                            id: to-keep
                            uri: direct
                            parameters:
                              name: keep
      - route:
          id: app-keep
          description: Keeps an event.
          from:
            id: from-keep
            uri: direct
            parameters:
              name: keep
            steps:
              - to:
                  id: into-ledger
                  uri: mongodb
                  parameters:
                    connectionBean: mongoClient
                    database: driveline
                    lazyStartProducer: true
      """;

  private final RouteRules rules = new RouteRules();

  private List<String> check(String... files) {
    List<RouteFile> set =
        Stream.of(files)
            .map(text -> new RouteFile("f.camel.yaml", "routes/app/f.camel.yaml", text))
            .toList();
    return rules.check(set).stream().map(Finding::toString).toList();
  }

  /** What the rules say of the good file with one change in it. */
  private List<String> changed(String from, String to) {
    assertThat(GOOD).contains(from);
    return check(GOOD.replace(from, to));
  }

  @Test
  void aGoodFileHasNoFindings() {
    assertThat(check(GOOD)).isEmpty();
  }

  @Test
  void whatIsNoYaml() {
    assertThat(changed("timerName: enter", "timerName: [enter"))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:2")
        .contains("is not YAML");
    assertThat(check("\tx")).singleElement().asString().contains(":1: is not YAML");
    assertThat(check("")).containsExactly("routes/app/f.camel.yaml:1: is empty");
  }

  @Test
  void whatTheSchemaDoesNotKnow() {
    assertThat(changed("- choice:", "- chose:"))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:24: ")
        .contains("'chose'");
    assertThat(changed("timerName: enter", "timerName: enter\n        colour: red"))
        .as("parameters are the component's, and found by the trial")
        .isEmpty();
    assertThat(changed("id: to-keep", "id: to-keep\n                      colour: red"))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:34: ")
        .contains("'colour'");
  }

  @Test
  void theShortForm() {
    assertThat(changed("simple:\n                    expression: ", "simple: "))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:29: ");
  }

  @Test
  void aNodeWithoutAnId() {
    assertThat(changed("- id: is-empty\n                expression:", "- expression:"))
        .containsExactly("routes/app/f.camel.yaml:27: when has no id");
    assertThat(changed("id: to-keep\n                      uri", "uri"))
        .containsExactly("routes/app/f.camel.yaml:33: to has no id");
    assertThat(changed("id: from-timer\n      uri", "uri"))
        .containsExactly("routes/app/f.camel.yaml:18: from has no id");
    assertThat(changed("id: on-fault\n          exception", "exception"))
        .containsExactly("routes/app/f.camel.yaml:5: onException has no id");
  }

  @Test
  void anIdThatStandsTwice() {
    assertThat(changed("id: to-keep", "id: from-timer"))
        .containsExactly(
            "routes/app/f.camel.yaml:33: id from-timer stands in routes/app/f.camel.yaml:18 too");
    assertThat(check(GOOD, GOOD)).as("in another file").hasSize(11);
  }

  @Test
  void aKeyThatStandsTwice() {
    assertThat(changed("id: to-keep", "uri: log:x\n                      id: to-keep"))
        .containsExactly("routes/app/f.camel.yaml:35: uri stands twice in one place");
  }

  @Test
  void aRouteWithoutADescription() {
    assertThat(changed("description: Keeps an event.\n    ", ""))
        .containsExactly("routes/app/f.camel.yaml:38: route app-keep has no description");
  }

  @Test
  void aScript() {
    assertThat(changed("simple:", "groovy:"))
        .containsExactly("routes/app/f.camel.yaml:29: groovy is a script; give the job to a bean");
  }

  @Test
  void aLongSimpleExpression() {
    assertThat(changed("${body} == null", "${body} == null && " + "${header.x} == 1 && ".repeat(5)))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:30: a simple expression of 1");
  }

  @Test
  void aComment() {
    assertThat(changed("name: keep\n      steps", "name: keep # the id\n      steps"))
        .containsExactly(
            "routes/app/f.camel.yaml:44: has a # comment, which editors drop; write it as a note");
    assertThat(changed("Lets events in.", "'Lets # events in.'")).isEmpty();
  }

  @Test
  void aDirectRouteThatNobodyServes() {
    assertThat(changed("name: keep\n      steps", "name: other\n      steps"))
        .containsExactly("routes/app/f.camel.yaml:33: no route serves direct:keep");
    assertThat(
            changed(
                "uri: direct\n                      parameters:\n                        name: keep",
                "uri: direct:lost"))
        .containsExactly("routes/app/f.camel.yaml:33: no route serves direct:lost");
  }

  @Test
  void aDirectRouteThatIsServedTwice() {
    assertThat(
            changed(
                "uri: timer\n    parameters:\n      timerName: enter".replace("\n", "\n  "),
                "uri: direct\n      parameters:\n        name: keep"))
        .containsExactly(
            "routes/app/f.camel.yaml:41: direct:keep is served in routes/app/f.camel.yaml:18 too");
  }

  @Test
  void anOperationOfAnOpenApiDocumentThatNobodyServes() {
    String document =
        """
        openapi: 3.0.3
        paths:
          /events:
            get:
              operationId: listEvents
        """;
    List<RouteFile> set =
        List.of(
            new RouteFile("f.camel.yaml", "routes/app/f.camel.yaml", GOOD),
            new RouteFile("openapi.yaml", "routes/app/openapi.yaml", document));
    assertThat(rules.check(set))
        .extracting(Finding::toString)
        .containsExactly("routes/app/openapi.yaml:5: no route serves direct:listEvents");
  }

  @Test
  void anErrorPolicyThatIsNotThere() {
    assertThat(changed("routeConfigurationId: app-errors", "routeConfigurationId: errors"))
        .containsExactly("routes/app/f.camel.yaml:16: there is no routeConfiguration errors");
  }

  @Test
  void aStoreThatMustBeThereAtTheStart() {
    assertThat(changed("              lazyStartProducer: true\n", ""))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:47: mongodb needs lazyStartProducer: true");
  }

  @Test
  void aSizeOrADelayThatCannotBeSet() {
    assertThat(changed("\"{{driveline.app.period:1000}}\"", "1000"))
        .containsExactly(
            "routes/app/f.camel.yaml:22: period must be a placeholder with a default, such as"
                + " {{driveline.…:1000}}");
    assertThat(changed("\"{{driveline.app.retry-delay:200}}\"", "\"200\""))
        .singleElement()
        .asString()
        .startsWith("routes/app/f.camel.yaml:9: redeliveryDelay must be a placeholder");
  }

  @Test
  void aPlaceholderWithoutADefault() {
    assertThat(changed("driveline.app.period:1000", "driveline.app.period"))
        .containsExactly(
            "routes/app/f.camel.yaml:22: placeholder driveline.app.period has no default");
    assertThat(changed("driveline.app.period:1000", "driveline.grpc.address")).isEmpty();
  }
}
