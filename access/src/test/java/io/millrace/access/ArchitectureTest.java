package io.millrace.access;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Services depend on this module, and it depends on none of them. */
@AnalyzeClasses(
    packages = "io.millrace.access",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule accessKnowsNoService =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.augmentation..",
              "io.millrace.trainer..",
              "io.millrace.results..",
              "io.millrace.contracts..",
              "jakarta.ws.rs..",
              "org.apache.kafka..");
}
