package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What the services may do in Kafka in production, by the manifests of its users. */
final class ProductionUsers {
  private static final Path FILE =
      Path.of("../../deploy/kubernetes/overlays/production/kafka-users.yaml");

  private ProductionUsers() {}

  /** Lets the services do what they may in production, each under its application's name. */
  static void allow(Map<String, Object> administrator) {
    try (var admin = Admin.create(administrator)) {
      admin.createAcls(bindings()).all().get();
    } catch (IOException | ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<AclBinding> bindings() throws IOException {
    var bindings = new ArrayList<AclBinding>();
    try (MappingIterator<JsonNode> users =
        new YAMLMapper().readerFor(JsonNode.class).readValues(FILE.toFile())) {
      while (users.hasNext()) {
        JsonNode user = users.next();
        String name = user.at("/metadata/name").asText().replace("-service", "");
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
          for (JsonNode operation : acl.path("operations")) {
            bindings.add(binding("User:millrace-" + name, acl.path("resource"), operation));
          }
        }
      }
    }
    return bindings;
  }

  private static AclBinding binding(String principal, JsonNode resource, JsonNode operation) {
    String pattern =
        resource.path("patternType").asText("literal").equals("prefix") ? "PREFIXED" : "LITERAL";
    return new AclBinding(
        new ResourcePattern(
            ResourceType.fromString(resource.path("type").asText()),
            resource.path("name").asText(),
            PatternType.valueOf(pattern)),
        new AccessControlEntry(
            principal, "*", operation(operation.asText()), AclPermissionType.ALLOW));
  }

  /** {@code AlterConfigs} is ALTER_CONFIGS. */
  private static AclOperation operation(String name) {
    return AclOperation.fromString(name.replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
  }
}
