package io.millrace.results.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.access.TokenAuthentication;
import io.millrace.contracts.json.Messages;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the OpenAPI document at build time with what every operation shares: the role that it
 * needs, the common error responses (problem documents), and its examples. The examples are files
 * next to this class, in {@code examples}, one per operation.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD, priority = Integer.MIN_VALUE)
public class ApiDocument implements OASFilter {
  private static final String BEARER = "bearer";
  private static final String COOKIE = "cookie";
  private static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String REQUEST = "TrainingRequest";
  private static final String SWEEP = "TrainingSweep";
  private static final String SCHEMAS = "#/components/schemas/";

  private static final Pattern NULL = Pattern.compile("\\bnull\\b");

  /** Media types that are plain text, line by line. */
  private static final Set<String> LINES =
      Set.of(Export.CSV, Export.JSON_LINES, "text/event-stream");

  /** The scanner's own descriptions of error responses that no resource describes. */
  private static final Set<String> GENERIC = Set.of("Not Authorized", "Not Allowed", "Bad Request");

  /** Definitions of the request schema that are only conditions. */
  private static final List<String> CONDITIONS = List.of("IsSeries", "IsRows");

  /** Schemas that the document does not use: events are described as text. */
  private static final List<String> UNUSED = List.of("OutboundSseEvent", "MediaType", "StepLosses");

  private final ObjectMapper json = new ObjectMapper();
  private Map<String, Schema> schemas;

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Components components = document.getComponents();
    components.addSecurityScheme(
        BEARER,
        OASFactory.createSecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description(
                "An access token. If the service requires none, every caller has all rights."));
    components.addSecurityScheme(
        COOKIE,
        OASFactory.createSecurityScheme()
            .type(SecurityScheme.Type.APIKEY)
            .in(SecurityScheme.In.COOKIE)
            .name(TokenAuthentication.COOKIE)
            .description("The same token in the cookie that POST /login sets for browsers."));
    UNUSED.forEach(components::removeSchema);
    components.getSchemas().values().forEach(ApiDocument::allowNulls);
    requestSchemas().forEach(components::addSchema);
    schemas = components.getSchemas();
    components.addSchema(
        SWEEP,
        OASFactory.createSchema()
            .addType(SchemaType.OBJECT)
            .description(
                "A training request for several runs: with seeds instead of seed, with {\"sweep\":"
                    + " [...]} instead of values, or with a search."));
    document
        .getPaths()
        .getPathItems()
        .forEach((path, item) -> item.getOperations().values().forEach(one -> complete(path, one)));
  }

  /** A property is nullable if its description says what null means; for a list, its items are. */
  private static void allowNulls(Schema schema) {
    if (schema.getProperties() == null) {
      return;
    }
    for (Schema property : schema.getProperties().values()) {
      if (property.getDescription() != null && NULL.matcher(property.getDescription()).find()) {
        Schema value = property;
        while (value.getItems() != null || value.getAdditionalPropertiesSchema() != null) {
          value =
              value.getItems() == null ? value.getAdditionalPropertiesSchema() : value.getItems();
        }
        if (value.getType() != null && !value.getType().contains(SchemaType.NULL)) {
          value.addType(SchemaType.NULL);
        }
      }
    }
  }

  private void complete(String path, Operation operation) {
    String role = role(operation);
    if (role == null) {
      operation.setSecurity(List.of());
    } else {
      operation.setSecurity(List.of(requirement(BEARER), requirement(COOKIE)));
      refusal(operation, 401, "The token is missing or not valid.");
      refusal(operation, 403, "The token's role may not do this; it needs " + role + ".");
    }
    boolean hasParameters = operation.getParameters() != null;
    if (hasParameters) {
      operation.getParameters().forEach(ApiDocument::tidy);
    }
    if (hasParameters || operation.getRequestBody() != null) {
      refusal(operation, 400, "A parameter is invalid or out of range.");
    }
    if (operation.getRequestBody() != null) {
      refusal(operation, 413, "The body is larger than 4 MiB.");
      request(operation);
    }
    refusal(
        operation, 429, "Too many calls from this address; Retry-After gives the time to wait.");
    if (Stream.of("/runs", "/experiments", "/curves").anyMatch(path::startsWith)) {
      refusal(operation, 503, "The database is unavailable.");
    }
    APIResponses responses = operation.getResponses();
    for (String code : List.copyOf(responses.getAPIResponses().keySet())) {
      responses.addAPIResponse(code, answer(operation, code, responses.getAPIResponse(code)));
    }
  }

  /** The role that the resource requires; null if none. */
  private static String role(Operation operation) {
    return operation.getSecurity() == null
        ? null
        : operation.getSecurity().stream()
            .flatMap(requirement -> requirement.getSchemes().values().stream())
            .flatMap(List::stream)
            .findFirst()
            .orElse(null);
  }

  private static SecurityRequirement requirement(String scheme) {
    return OASFactory.createSecurityRequirement().addScheme(scheme);
  }

  /**
   * Corrects the scanner: it reads "false" in an enumeration of texts as a boolean, and the example
   * of a list as the example of one item.
   */
  private static void tidy(Parameter parameter) {
    Schema schema = parameter.getSchema();
    if (schema.getEnumeration() != null && schema.getType() == null) {
      schema.setType(List.of(SchemaType.STRING));
      schema.setEnumeration(schema.getEnumeration().stream().<Object>map(String::valueOf).toList());
      if (schema.getDefaultValue() != null) {
        schema.setDefaultValue(schema.getDefaultValue().toString());
      }
    }
    boolean isList = schema.getType() != null && schema.getType().contains(SchemaType.ARRAY);
    if (isList && parameter.getExample() != null && !(parameter.getExample() instanceof List)) {
      parameter.setExample(List.of(parameter.getExample()));
    }
  }

  /** Adds an error response that the resource does not describe itself. */
  private static void refusal(Operation operation, int status, String description) {
    APIResponses responses = operation.getResponses();
    String code = Integer.toString(status);
    APIResponse known = responses.getAPIResponse(code);
    if (known == null || GENERIC.contains(known.getDescription())) {
      responses.addAPIResponse(code, OASFactory.createAPIResponse().description(description));
    }
  }

  /**
   * Makes a response of the operation's own: the scanner shares those of a class between its
   * operations.
   */
  private APIResponse answer(Operation operation, String code, APIResponse response) {
    Content content =
        code.charAt(0) >= '4'
            ? problem(Integer.parseInt(code), response.getDescription())
            : response.getContent() == null ? null : examples(operation, response.getContent());
    APIResponse answer =
        OASFactory.createAPIResponse()
            .description(response.getDescription())
            .headers(response.getHeaders())
            .content(content);
    if (code.equals("200") && isPaged(operation)) {
      answer.addHeader(
          HttpHeaders.LINK, header("The next page, with rel=\"next\"; absent on the last page."));
    }
    if (code.equals("200") && isCut(content)) {
      answer.addHeader(
          Continuation.TRUNCATED, header("true if a limit cut the answer, otherwise absent."));
    }
    return answer;
  }

  private static Header header(String description) {
    return OASFactory.createHeader()
        .description(description)
        .schema(OASFactory.createSchema().addType(SchemaType.STRING));
  }

  private static boolean isPaged(Operation operation) {
    return operation.getParameters() != null
        && operation.getParameters().stream()
                .map(Parameter::getName)
                .filter(Set.of("limit", "cursor", "from")::contains)
                .count()
            == 2;
  }

  /** Whether the schema of the answer has the property {@code truncated}. */
  private boolean isCut(Content content) {
    MediaType media = content == null ? null : content.getMediaType(JSON);
    String ref = media == null || media.getSchema() == null ? null : media.getSchema().getRef();
    if (ref == null) {
      return false;
    }
    Map<String, Schema> properties =
        schemas.get(ref.substring(ref.lastIndexOf('/') + 1)).getProperties();
    return properties != null && properties.containsKey("truncated");
  }

  private Content examples(Operation operation, Content scanned) {
    Content content = OASFactory.createContent();
    scanned
        .getMediaTypes()
        .forEach(
            (type, media) ->
                content.addMediaType(
                    type,
                    example(
                        operation.getOperationId(),
                        type,
                        OASFactory.createMediaType().schema(media.getSchema()))));
    return content;
  }

  private Content problem(int status, String description) {
    var known = jakarta.ws.rs.core.Response.Status.fromStatusCode(status);
    ObjectNode example =
        json.createObjectNode()
            .put("type", "about:blank")
            .put("title", known.getReasonPhrase())
            .put("status", status)
            .put("detail", status == 400 ? "limit: 501 is out of range; give 1..500" : description);
    if (status == 400) {
      example.put("field", "limit");
    }
    return OASFactory.createContent()
        .addMediaType(
            PROBLEM,
            OASFactory.createMediaType()
                .schema(OASFactory.createSchema().ref(SCHEMAS + "Problem"))
                .example(json.convertValue(example, Map.class)));
  }

  private void request(Operation operation) {
    Content content = OASFactory.createContent();
    operation
        .getRequestBody()
        .getContent()
        .getMediaTypes()
        .forEach(
            (type, media) ->
                content.addMediaType(
                    type,
                    example(
                        operation.getOperationId() + ".request",
                        type,
                        OASFactory.createMediaType().schema(body(media.getSchema())))));
    operation.getRequestBody().setContent(content);
  }

  /** A body that the resource only calls an object is a training request. */
  private static Schema body(Schema schema) {
    return schema.getRef() != null || schema.getProperties() != null
        ? schema
        : OASFactory.createSchema()
            .addAnyOf(OASFactory.createSchema().ref(SCHEMAS + REQUEST))
            .addAnyOf(OASFactory.createSchema().ref(SCHEMAS + SWEEP));
  }

  /** Adds the example; media types that are lines of text get a string schema. */
  private MediaType example(String name, String type, MediaType media) {
    if (LINES.contains(type)) {
      media.setSchema(OASFactory.createSchema().addType(SchemaType.STRING));
    }
    JsonNode example = example(name + ending(type));
    if (example != null) {
      media.setExample(json.convertValue(example, Object.class));
    }
    return media;
  }

  private static String ending(String type) {
    return switch (type) {
      case JSON, FORM, "application/schema+json" -> ".json";
      case Export.CSV -> ".csv";
      case Export.JSON_LINES -> ".jsonl";
      case "text/event-stream" -> ".events";
      case "text/x-python" -> ".txt";
      default -> "";
    };
  }

  /** The content of an example file; null if it does not exist. */
  private JsonNode example(String file) {
    try (InputStream in = ApiDocument.class.getResourceAsStream("examples/" + file)) {
      if (in == null) {
        return null;
      }
      return file.endsWith(".json")
          ? json.readTree(in)
          : TextNode.valueOf(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The schema of training requests, with its definitions as separate schemas such as {@code
   * TrainingRequest.Conv2D}. Conditions are left out because client generators cannot use them;
   * {@code GET /schema/training-request} has them.
   */
  private Map<String, Schema> requestSchemas() {
    ObjectNode whole = requestSchema();
    ObjectNode parts = (ObjectNode) whole.remove("$defs");
    parts.remove(CONDITIONS);
    whole.remove("$schema");
    whole.put(
        "description",
        whole.path("description").asText()
            + " Conditions are left out here; GET /schema/training-request has them.");
    ObjectNode document = json.createObjectNode().put("openapi", "3.1.0");
    document.putObject("info").put("title", REQUEST).put("version", "1");
    document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    schemas.set(REQUEST, whole);
    parts.properties().forEach(part -> schemas.set(name(part.getKey()), part.getValue()));
    schemas.forEach(ApiDocument::loosen);
    try {
      byte[] text =
          json.writeValueAsString(document)
              .replace("\"#/$defs/", "\"" + SCHEMAS + name(""))
              .getBytes(StandardCharsets.UTF_8);
      return SmallRyeOpenAPI.builder()
          .enableModelReader(false)
          .enableStandardFilter(false)
          .enableStandardStaticFiles(false)
          .enableAnnotationScan(false)
          .withCustomStaticFile(() -> new ByteArrayInputStream(text))
          .build()
          .model()
          .getComponents()
          .getSchemas();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes conditions from a schema: which properties require or exclude others. */
  private static void loosen(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      if (object.has("else") && object.has("then") && !object.has("properties")) {
        branches(object, object.putArray("anyOf"));
      }
      object.remove(List.of("if", "then", "else", "not"));
      for (String choice : List.of("allOf", "anyOf", "oneOf")) {
        if (object.get(choice) instanceof ArrayNode options) {
          options.forEach(ApiDocument::loosen);
          if (StreamSupport.stream(options.spliterator(), false).anyMatch(ApiDocument::isNothing)) {
            object.remove(choice);
          }
        }
      }
      object
          .properties()
          .forEach(
              keyword -> {
                if (keyword.getKey().equals("properties")) {
                  keyword.getValue().forEach(ApiDocument::loosen);
                } else if (keyword.getValue().isObject()) {
                  loosen(keyword.getValue());
                }
              });
    }
  }

  /** Collects the branches of a condition. */
  private static void branches(JsonNode condition, ArrayNode branches) {
    branches.add(condition.get("then"));
    JsonNode other = condition.get("else");
    if (other.has("then") && other.has("else")) {
      branches(other, branches);
    } else {
      branches.add(other);
    }
  }

  /** Whether an option only lists required properties. */
  private static boolean isNothing(JsonNode option) {
    return option.isEmpty() || option.size() == 1 && option.has("required");
  }

  private static String name(String part) {
    return REQUEST + "." + part;
  }

  private ObjectNode requestSchema() {
    try (InputStream in =
        Messages.class.getResourceAsStream(
            "/io/millrace/contracts/schema/training-request.schema.json")) {
      return (ObjectNode) json.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
