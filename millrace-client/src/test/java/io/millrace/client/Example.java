package io.millrace.client;

import java.net.URI;
import java.time.Duration;

/** The example in the README. */
final class Example {
  private Example() {}

  static void run(String request) throws Exception {
    // README
    MillraceClient millrace = MillraceClient.connect(URI.create("http://127.0.0.1:8080"));

    for (String run : millrace.submit(request)) { // JSON, or a TrainingRequest
      RunDetails ended = millrace.await(run, Duration.ofMinutes(10));
      double[] valLoss = millrace.history(run).metrics().get("val_loss");
      System.out.println(run + " " + ended.state() + " " + valLoss[valLoss.length - 1]);
    }

    Experiment shoes = millrace.experiment("shoes");
    System.out.println(shoes.answer());
    for (Experiment.Variant variant : shoes.variants()) {
      Experiment.Spread judged = shoes.judged(variant);
      if (judged != null) {
        System.out.println(variant.variant() + " " + judged.mean() + " ± " + judged.std());
      }
    }
    // README
  }
}
