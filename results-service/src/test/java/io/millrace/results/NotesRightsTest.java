package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A user may write the note of a run or an experiment with the same rights as for archiving it. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class NotesRightsTest {
  private static int requests;

  @Test
  void notesMayBeWrittenByOwnersAndAdminsAndOnUnownedRunsByAnySubmitter() throws SQLException {
    RunningService.execute(
        "insert into run (run, experiment, variant, state, progress, created_at, owner) values"
            + " ('rights-1', 'rights', 'plain', 'COMPLETED', 4, now(), 'sam'),"
            + " ('rights-2', 'rights-of-others', 'plain', 'RUNNING', 3, now(), 'ada'),"
            + " ('rights-3', 'rights-of-others', 'plain', 'COMPLETED', 4, now(), null)");

    assertThat(status("ritas-token", "/runs/rights-1")).as("a reader").isEqualTo(403);
    assertThat(status("ritas-token", "/experiments/rights")).as("a reader").isEqualTo(403);
    assertThat(status("sams-token", "/runs/rights-1")).as("the owner").isEqualTo(200);
    assertThat(status("sams-token", "/experiments/rights")).as("the owner").isEqualTo(200);
    assertThat(status("sams-token", "/runs/rights-2")).as("a run of another user").isEqualTo(403);
    assertThat(status("sams-token", "/runs/rights-3")).as("a run without an owner").isEqualTo(200);
    assertThat(status("sams-token", "/experiments/rights-of-others"))
        .as("an experiment with a run of another user")
        .isEqualTo(403);
    assertThat(status("adas-token", "/runs/rights-1")).as("an admin").isEqualTo(200);
    assertThat(status("adas-token", "/experiments/rights-of-others")).isEqualTo(200);
    assertThat(status(null, "/runs/rights-1")).isEqualTo(401);
  }

  /** Sends each request from a different address, so that no limit per address applies. */
  private static int status(String token, String path) {
    RequestSpecification request =
        given()
            .header("X-Forwarded-For", "127.9.0." + ++requests)
            .contentType("application/json")
            .body("{\"note\": \"mine\"}");
    return (token == null ? request : request.header("Authorization", "Bearer " + token))
        .patch(path)
        .statusCode();
  }
}
