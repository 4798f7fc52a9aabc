package io.millrace.contracts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The messages between the services depend on no service and no framework. */
@AnalyzeClasses(
    packages = "io.millrace.contracts",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule contractsKnowNoServiceAndNoFramework =
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

  @ArchTest
  static final ArchRule messagesAreDataAlone =
      classes()
          .that()
          .resideInAnyPackage(
              "..contracts.request..", "..contracts.dataset..", "..contracts.event..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "com.fasterxml.jackson..",
              "io.millrace.contracts",
              "io.millrace.contracts.field",
              "io.millrace.contracts.json",
              "io.millrace.contracts.request",
              "io.millrace.contracts.dataset",
              "io.millrace.contracts.event");

  @ArchTest
  static final ArchRule plansArePure =
      classes()
          .that()
          .resideInAPackage("..contracts.network..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.util..",
              "io.millrace.contracts",
              "io.millrace.contracts.request",
              "io.millrace.contracts.task",
              "io.millrace.contracts.event",
              "io.millrace.contracts.network");

  @ArchTest
  static final ArchRule tensorsAreBytesAlone =
      noClasses()
          .that()
          .resideInAPackage("..contracts.tensor..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.contracts.request..");

  @ArchTest
  static final ArchRule contractsAreDataAndRulesAlone =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.messaging..", "org.apache.kafka..", "io.opentelemetry..");
}
