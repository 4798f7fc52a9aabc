package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document is valid and complete, and matches what the service answers. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class OpenApiTest extends RunningService {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);
  private static final String PROBLEM = "application/problem+json";
  private static final Set<String> OPEN = Set.of("login", "logout", "getPythonClient");

  private JsonNode document;

  @BeforeEach
  void read() throws IOException {
    document = JSON.readTree(when().get("/q/openapi?format=json").asByteArray());
  }

  private record Operation(String path, String method, JsonNode json) {
    String id() {
      return json.path("operationId").asText();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private List<Operation> operations() {
    var operations = new ArrayList<Operation>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> one : path.getValue().properties()) {
        operations.add(new Operation(path.getKey(), one.getKey(), one.getValue()));
      }
    }
    assertThat(operations).hasSizeGreaterThan(30);
    return operations;
  }

  /**
   * The violations of a schema of the document by a value. A property that the schema does not name
   * is a violation too.
   */
  private Set<ValidationMessage> complaints(JsonNode schema, JsonNode value) {
    ObjectNode root = schema.deepCopy();
    ObjectNode components = document.path("components").deepCopy();
    components
        .path("schemas")
        .forEach(
            one -> {
              if (one.has("properties") && !one.has("additionalProperties")) {
                ((ObjectNode) one).put("additionalProperties", false);
              }
            });
    root.set("components", components);
    return SCHEMAS.getSchema(root).validate(value);
  }

  @Test
  void theDocumentIsValidOpenApi() throws IOException {
    try (InputStream schema =
        OpenApiTest.class.getResourceAsStream("/openapi/openapi-3.1.schema.json")) {
      assertThat(SCHEMAS.getSchema(schema).validate(document)).isEmpty();
    }
    assertThat(document.at("/servers/0/url").asText()).isEqualTo("/");
    assertThat(document.at("/info/license/name").asText()).isEqualTo("Apache-2.0");
    assertThat(document.at("/components/securitySchemes").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder("bearer", "cookie");
  }

  @Test
  void everyReferenceResolvesAndEverySchemaIsUsed() {
    var references = new HashSet<String>();
    document.findValuesAsText("$ref").forEach(references::add);
    for (String reference : references) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
    document
        .at("/components/schemas")
        .properties()
        .forEach(
            schema -> assertThat(references).contains("#/components/schemas/" + schema.getKey()));
  }

  @Test
  void everyOperationStatesItsPurposeAndRequiredRole() {
    var ids = new HashSet<String>();
    var tags = new HashSet<String>();
    for (JsonNode tag : document.path("tags")) {
      assertThat(tag.path("description").asText()).as(tag.toString()).isNotBlank();
      tags.add(tag.path("name").asText());
    }
    for (Operation one : operations()) {
      assertThat(one.json().path("summary").asText()).as("%s", one).isNotBlank();
      assertThat(one.json().path("description").asText()).as("%s", one).isNotBlank();
      assertThat(ids.add(one.id())).as("%s has a unique id: %s", one, one.id()).isTrue();
      assertThat(one.id()).as("%s", one).isNotBlank();
      assertThat(one.json().path("tags")).as("%s", one).isNotEmpty();
      one.json().path("tags").forEach(tag -> assertThat(tags).contains(tag.asText()));
      one.json()
          .path("parameters")
          .forEach(parameter -> assertThat(parameter.has("schema")).as("%s", one).isTrue());

      JsonNode security = one.json().path("security");
      assertThat(security.isArray()).as("%s: security", one).isTrue();
      if (OPEN.contains(one.id())) {
        assertThat(security).as("%s needs no token", one).isEmpty();
      } else {
        assertThat(security.toString())
            .as("%s", one)
            .isEqualTo("[{\"bearer\":[]},{\"cookie\":[]}]");
        boolean reads = one.method().equals("get") || one.id().equals("preview");
        String role = reads ? "reader" : "submitter";
        assertThat(one.json().at("/responses/403/description").asText())
            .as("%s", one)
            .satisfiesAnyOf(
                text -> assertThat(text).endsWith("it needs " + role + "."),
                text -> assertThat(text).contains("belongs to somebody else"),
                text -> assertThat(text).contains("belong to somebody else"));
      }
    }
  }

  @Test
  void everyDocumentedErrorIsAProblemDocument() {
    for (Operation one : operations()) {
      int refusals = 0;
      for (Map.Entry<String, JsonNode> response : one.json().path("responses").properties()) {
        assertThat(response.getValue().path("description").asText()).as("%s", one).isNotBlank();
        if (response.getKey().charAt(0) >= '4') {
          refusals += response.getKey().charAt(0) == '4' ? 1 : 0;
          JsonNode content = response.getValue().path("content");
          assertThat(content.properties())
              .as("%s %s", one, response.getKey())
              .extracting(Map.Entry::getKey)
              .containsExactly(PROBLEM);
          JsonNode problem = content.path(PROBLEM);
          assertThat(complaints(problem.path("schema"), problem.path("example")))
              .as("%s %s", one, response.getKey())
              .isEmpty();
          assertThat(problem.at("/example/status").asText()).isEqualTo(response.getKey());
        }
      }
      assertThat(refusals).as("%s documents a 4xx answer", one).isPositive();
    }
  }

  @Test
  void everyTextBodyHasAnExampleThatMatchesItsSchema() {
    int bodies = 0;
    for (Operation one : operations()) {
      var contents = new ArrayList<JsonNode>();
      one.json()
          .path("responses")
          .properties()
          .forEach(
              response -> {
                if (response.getKey().startsWith("2")) {
                  contents.add(response.getValue().path("content"));
                }
              });
      contents.add(one.json().at("/requestBody/content"));
      for (JsonNode content : contents) {
        for (Map.Entry<String, JsonNode> type : content.properties()) {
          if (!isBinary(one, type.getKey())) {
            JsonNode media = type.getValue();
            String what = one + " " + type.getKey();
            assertThat(media.has("schema")).as(what).isTrue();
            assertThat(media.has("example"))
                .as("%s has an example: http/examples/%s", what, one.id())
                .isTrue();
            assertThat(complaints(media.path("schema"), media.path("example"))).as(what).isEmpty();
            bodies++;
          }
        }
      }
    }
    assertThat(bodies).isGreaterThan(40);
  }

  /** Images, archives and all formats of models are binary. */
  private static boolean isBinary(Operation operation, String type) {
    return type.equals("application/zip")
        || type.equals("application/octet-stream")
        || type.startsWith("image/")
        || Set.of("getModel", "getSamples").contains(operation.id());
  }

  @Test
  void theServiceAcceptsTheExampleRequest() throws IOException {
    JsonNode body = document.at("/paths/~1runs/post/requestBody/content/application~1json");
    given()
        .contentType("application/json")
        .body(body.path("example").toString())
        .post("/runs/check")
        .then()
        .statusCode(200);
    JsonNode request = JSON.readTree(Events.imageRequest("openapi-0", "openapi", "plain", 1));
    JsonNode schema = body.at("/schema/anyOf/0");
    assertThat(schema.path("$ref").asText()).isEqualTo("#/components/schemas/TrainingRequest");
    assertThat(complaints(schema, request)).isEmpty();
    assertThat(complaints(schema, ((ObjectNode) request).put("epochs", 0))).hasSize(1);
  }

  @Test
  void theServiceReturnsAnswersThatMatchTheSchemas() throws IOException {
    publisher.events(Events.ofImages("openapi-1", "openapi", "plain", 1).imageLife(0.5, 1.5, 1.25));
    publisher.events(Events.ofImages("openapi-2", "openapi", "plain", 2).imageLife(0.6, 1.5, 1.25));
    publisher.events(Events.ofImages("openapi-3", "openapi", "dropout", 1).imageLife(0.7, 1.5));
    publisher.events(
        Events.ofImages("openapi-4", "openapi", "plain", 3).rejected("epochs", "is wrong", false));
    Events series = Events.ofSeries("openapi-5", "openapi-series", "adam", 1);
    publisher.events(
        series.started(),
        series.steps(0, 0.5, null, 0.25),
        series.epoch(0, 0.4, 0.3),
        series.evaluatedSeries(),
        series.completed(1));
    for (int i = 1; i <= 3; i++) {
      awaitState("openapi-" + i, "COMPLETED");
    }
    awaitState("openapi-4", "REJECTED");
    awaitState("openapi-5", "COMPLETED");

    for (String run : List.of("openapi-1", "openapi-4", "openapi-5")) {
      fits("/runs/{run}", "/runs/" + run);
      fits("/runs/{run}/log", "/runs/" + run + "/log");
    }
    for (String run : List.of("openapi-1", "openapi-5")) {
      fits("/runs/{run}/history", "/runs/" + run + "/history");
      fits("/runs/{run}/history", "/runs/" + run + "/history?points=3&smooth=0.5");
      fits("/runs/{run}/losses", "/runs/" + run + "/losses?limit=2");
      fits("/runs/{run}/losses", "/runs/" + run + "/losses?points=3");
      fits("/runs/{run}/evaluation", "/runs/" + run + "/evaluation");
    }
    fits("/runs", "/runs?limit=3&counts=true");
    fits("/curves", "/curves?run=openapi-1&run=openapi-3&metric=val_loss");
    fits("/experiments", "/experiments?limit=2");
    fits("/experiments/{experiment}", "/experiments/openapi");
    fits("/experiments/{experiment}", "/experiments/openapi-series");
    fits("/experiments/{experiment}/curves", "/experiments/openapi/curves");
    fits("/datasets", "/datasets");
  }

  private void fits(String path, String address) throws IOException {
    JsonNode schema =
        document.path("paths").path(path).at("/get/responses/200/content/application~1json/schema");
    assertThat(schema.isObject()).as(path).isTrue();
    JsonNode answer =
        JSON.readTree(when().get(address).then().statusCode(200).extract().asByteArray());
    assertThat(complaints(schema, answer)).as(address).isEmpty();
  }

  @Test
  void theServiceReturnsProblemDocumentsForErrors() throws IOException {
    JsonNode schema = JSON.readTree("{\"$ref\": \"#/components/schemas/Problem\"}");
    for (String address :
        List.of(
            "/runs?limit=0", "/runs/openapi-nowhere", "/curves", "/nowhere", "/runs?format=x")) {
      byte[] body = when().get(address).then().contentType(PROBLEM).extract().asByteArray();
      assertThat(complaints(schema, JSON.readTree(body))).as(address).isEmpty();
    }
  }
}
