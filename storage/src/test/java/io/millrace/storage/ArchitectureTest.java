package io.millrace.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Stores depend on no service, no framework and no Kafka client. */
@AnalyzeClasses(
    packages = "io.millrace.storage",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule storageKnowsNoServiceNoFrameworkAndNoKafka =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.augmentation..",
              "io.millrace.trainer..",
              "io.millrace.results..",
              "io.millrace.messaging..",
              "org.apache.kafka..",
              "io.quarkus..",
              "jakarta..",
              "io.smallrye..",
              "io.vertx..");
}
