package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.contracts.event.SampleAnswers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A response that a limit truncates says so in its headers. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ContinuationTest extends RunningService {
  private static final Pattern NEXT = Pattern.compile("<(/[^>]+)>; rel=\"next\"");

  /** The rows of all pages, without column headings. Follows the links to the last page. */
  private static List<String> rows(String address) {
    var rows = new ArrayList<String>();
    String next = address;
    while (next != null) {
      Response page = given().urlEncodingEnabled(false).get(next);
      assertThat(page.statusCode()).as(next).isEqualTo(200);
      assertThat(page.contentType()).startsWith("text/csv");
      rows.addAll(page.asString().lines().skip(1).toList());
      String link = page.header("Link");
      if (link == null) {
        next = null;
      } else {
        Matcher found = NEXT.matcher(link);
        assertThat(found.matches()).as(link).isTrue();
        next = found.group(1);
      }
    }
    return rows;
  }

  @Test
  void aCsvPageOfRunsLinksToTheNextPage() {
    for (int i = 1; i <= 5; i++) {
      publisher.events(
          Events.ofImages("continued-" + i, "continued", "plain", i).imageLife(0.5, 1.0));
    }
    awaitUntil("/runs?experiment=continued&state=COMPLETED", r -> r.getList("runs").size() == 5);

    assertThat(rows("/runs?experiment=continued&limit=2&format=csv&where=val_loss%3E%3D0.5"))
        .hasSize(5)
        .extracting(row -> row.substring(0, row.indexOf(',')))
        .containsExactlyInAnyOrder(
            "continued-1", "continued-2", "continued-3", "continued-4", "continued-5");
    when()
        .get("/runs?experiment=continued&limit=2&format=jsonl")
        .then()
        .header("Link", org.hamcrest.Matchers.containsString("format=jsonl"));
    when().get("/runs?experiment=continued&limit=5").then().header("Link", nullValue());
  }

  @Test
  void aCsvPageOfLossesLinksToTheNextPage() {
    publisher.events(
        Events.ofImages("continued-l", "continued-l", "plain", 1).imageLife(0.5, 1, 1));
    awaitState("continued-l", "COMPLETED");

    assertThat(rows("/runs/continued-l/losses?limit=4&format=csv"))
        .containsExactly("0,0,2.0", "1,0,1.5", "2,0,1.25", "3,1,1.0", "4,1,0.5", "5,1,0.25");
    assertThat(rows("/runs/continued-l/losses?from=1&to=4&limit=2&format=csv")).hasSize(3);
    when()
        .get("/runs/continued-l/losses?format=csv")
        .then()
        .header("Link", nullValue())
        .header("Millrace-Truncated", nullValue());
    String log = when().get("/runs/continued-l/log?limit=1").header("Link");
    assertThat(log).matches("</runs/continued-l/log\\?limit=1&cursor=\\d+>; rel=\"next\"");
  }

  @Test
  void aTruncatedComparisonSetsTheTruncatedHeader() {
    complete("continued-a", "a", "000");
    complete("continued-b", "b", "012");
    awaitUntil("/runs?experiment=continued-ab&state=COMPLETED", r -> r.getList("runs").size() == 2);
    String address = "/experiments/continued-ab/answers?a=a&b=b&format=csv";

    when().get(address).then().statusCode(200).header("Millrace-Truncated", nullValue());
    when()
        .get(address + "&limit=1")
        .then()
        .statusCode(200)
        .header("Millrace-Truncated", equalTo("true"))
        .header("Link", nullValue());
    assertThat(rows("/runs/continued-b/answers?limit=2&format=csv")).hasSize(3);
  }

  private static void complete(String run, String variant, String answers) {
    var recorder = new SampleAnswers.Recorder(3, 3);
    for (int i = 0; i < 3; i++) {
      recorder.add(i, answers.charAt(i) - '0', 0.5f);
    }
    Events events = Events.ofImages(run, "continued-ab", variant, 1);
    publisher.events(
        events.started("the same data"),
        events.evaluatedSamples(recorder.answers()),
        events.completed(1));
  }
}
