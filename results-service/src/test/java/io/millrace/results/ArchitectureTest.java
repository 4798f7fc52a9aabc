package io.millrace.results;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Packages follow the data: ingest to store, and from there query to api, some of it live. */
@AnalyzeClasses(
    packages = "io.millrace.results",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule dependenciesPointAtTheStore =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("ingest")
          .definedBy("..ingest..")
          .layer("store")
          .definedBy("..store..")
          .layer("query")
          .definedBy("..query..")
          .layer("desk")
          .definedBy("..desk..")
          .layer("submit")
          .definedBy("..submit..")
          .layer("housekeeping")
          .definedBy("..housekeeping..")
          .layer("adaptive")
          .definedBy("..adaptive..")
          .layer("live")
          .definedBy("..live..")
          .layer("api")
          .definedBy("..api..")
          .layer("web")
          .definedBy("..web..")
          .whereLayer("ingest")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("api")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("web")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("desk")
          .mayOnlyBeAccessedByLayers("submit", "adaptive", "api")
          .whereLayer("adaptive")
          .mayOnlyBeAccessedByLayers("query", "api")
          .whereLayer("submit")
          .mayOnlyBeAccessedByLayers("ingest", "housekeeping", "adaptive", "api")
          .whereLayer("housekeeping")
          .mayOnlyBeAccessedByLayers("api")
          .whereLayer("live")
          .mayOnlyBeAccessedByLayers("api")
          .whereLayer("query")
          .mayOnlyBeAccessedByLayers("live", "api", "web")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers(
              "ingest", "desk", "submit", "housekeeping", "adaptive", "query", "live", "api");

  @ArchTest
  static final ArchRule calculationsArePure =
      noClasses()
          .that()
          .resideInAnyPackage("..statistics..", "..curve..", "..tensorboard..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..store..",
              "..query..",
              "..api..",
              "org.hibernate..",
              "io.smallrye..",
              "io.vertx..");

  @ArchTest
  static final ArchRule onlyTheIngestAndTheOutboxKnowKafka =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ingest..", "..desk..", "..submit..", "..housekeeping..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..", "io.smallrye.reactive.messaging..", "io.millrace.messaging..");

  @ArchTest
  static final ArchRule onlyTheApiAndThePagesKnowHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages("..api..", "..web..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "org.jboss.resteasy..");

  @ArchTest
  static final ArchRule onlyTheApiAndThePagesKnowWhoAsks =
      noClasses()
          .that()
          .resideOutsideOfPackages("..api..", "..web..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.access..");

  @ArchTest
  static final ArchRule noServiceKnowsAnother =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.trainer..", "io.millrace.augmentation..");
}
