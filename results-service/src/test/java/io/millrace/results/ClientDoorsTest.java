package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients of a service that requires tokens. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class ClientDoorsTest {
  @TestHTTPResource("/")
  URI root;

  @TempDir Path folder;

  @Test
  void underClientsOnlyThePythonClientIsReadableWithoutAToken() {
    when().get("/clients/millrace.py").then().statusCode(200);
    when().head("/clients/millrace.py").then().statusCode(200);
    when().post("/clients/millrace.py").then().statusCode(401);
    for (String path : List.of("/clients", "/clients/", "/clients/other.py", "/runs")) {
      when().get(path).then().statusCode(401);
    }
    given()
        .header("Authorization", "Bearer ritas-token")
        .post("/clients/millrace.py")
        .then()
        .statusCode(403);
  }

  @Test
  void thePythonClientMayDoWhatItsTokensRoleAllows() throws Exception {
    Python.assumeIt("urllib.request");
    Files.write(folder.resolve("millrace.py"), when().get("/clients/millrace.py").asByteArray());
    Files.writeString(
        folder.resolve("tokens.py"),
        """
        import sys
        from millrace import Millrace, MillraceRefused

        for token in (None, "wrong", "ritas-token"):
            client = Millrace(sys.argv[1], token=token, frames=False)
            for call in (lambda: client.runs(experiment="python-doors"), lambda: client.submit({})):
                try:
                    print(token, call())
                except MillraceRefused as e:
                    print(token, e.status, e.detail)
        """);

    Python.Outcome outcome = Python.run(folder, List.of("tokens.py", root.toString()));

    assertThat(outcome.status()).as(outcome.output()).isZero();
    List<String> lines = outcome.output().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.subList(0, 2)).allMatch(line -> line.startsWith("None 401 "));
    assertThat(lines.subList(2, 4)).allMatch(line -> line.startsWith("wrong 401 "));
    assertThat(lines.get(4)).isEqualTo("ritas-token []");
    assertThat(lines.get(5)).startsWith("ritas-token 403 ").contains("submitter");
  }

  @Test
  void theJavaClientSendsItsToken() {
    MillraceClient client = MillraceClient.connect(root);

    assertThat(status(client)).isEqualTo(401);
    assertThat(status(client.withToken("wrong"))).isEqualTo(401);
    assertThat(status(client.withToken("ritas-token"))).isEqualTo(404);
  }

  private static int status(MillraceClient client) {
    return catchThrowableOfType(MillraceException.class, () -> client.run("clients-doors"))
        .status();
  }
}
