package io.millrace.messaging;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The Kafka code of all services depends on no service and no framework. */
@AnalyzeClasses(
    packages = "io.millrace.messaging",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule messagingKnowsNoServiceAndNoFramework =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.augmentation..",
              "io.millrace.trainer..",
              "io.millrace.results..",
              "io.quarkus..",
              "jakarta..",
              "io.smallrye..",
              "io.vertx..");
}
