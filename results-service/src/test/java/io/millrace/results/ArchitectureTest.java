package io.millrace.results;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Packages are subjects (run, experiment, curve, ...), each with its queries, views and resources.
 * Below them are admission and the other packages that write, and below those the store.
 */
@AnalyzeClasses(
    packages = "io.millrace.results",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] SUBJECTS = {
    "..results.run..",
    "..results.experiment..",
    "..results.curve..",
    "..results.request..",
    "..results.evaluation..",
    "..results.log..",
    "..results.dataset.."
  };

  private static final DescribedPredicate<JavaClass> AT_THE_EDGE =
      JavaClass.Predicates.resideInAnyPackage("..results.http..", "..results.web..")
          .or(nameMatching(".*(Resource|Parameters|AugmentationService)([$].*)?"))
          .as("resources, their parameters, and the client of the augmentation service");

  @ArchTest
  static final ArchRule dependenciesPointAtTheStore =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("ingest")
          .definedBy("..results.ingest..")
          .layer("store")
          .definedBy("..results.store..")
          .layer("admission")
          .definedBy("..results.admission..")
          .layer("submission")
          .definedBy("..results.submission..")
          .layer("housekeeping")
          .definedBy("..results.housekeeping..")
          .layer("adaptive")
          .definedBy("..results.adaptive..")
          .layer("live")
          .definedBy("..results.live..")
          .layer("http")
          .definedBy("..results.http..")
          .layer("web")
          .definedBy("..results.web..")
          .layer("subjects")
          .definedBy(SUBJECTS)
          .whereLayer("ingest")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("web")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("admission")
          .mayOnlyBeAccessedByLayers("submission", "adaptive", "subjects")
          .whereLayer("adaptive")
          .mayOnlyBeAccessedByLayers("subjects")
          .whereLayer("submission")
          .mayOnlyBeAccessedByLayers("ingest", "housekeeping", "adaptive", "subjects", "http")
          .whereLayer("housekeeping")
          .mayOnlyBeAccessedByLayers("subjects")
          .whereLayer("live")
          .mayOnlyBeAccessedByLayers("subjects", "http")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("subjects", "submission", "web")
          .whereLayer("subjects")
          .mayOnlyBeAccessedByLayers("live", "http", "web");

  @ArchTest
  static final ArchRule calculationsArePure =
      noClasses()
          .that()
          .resideInAnyPackage("..statistics..", "..sampling..", "..tensorboard..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..results.store..",
              "..results.query..",
              "..results.run..",
              "..results.experiment..",
              "..results.curve..",
              "..results.http..",
              "org.hibernate..",
              "io.smallrye..",
              "io.vertx..");

  @ArchTest
  static final ArchRule onlyPackagesThatReadOrPublishRecordsUseKafka =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..ingest..", "..admission..", "..submission..", "..housekeeping..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..", "io.smallrye.reactive.messaging..", "io.millrace.messaging..");

  @ArchTest
  static final ArchRule onlyTheEdgeKnowsHttp =
      noClasses()
          .that(DescribedPredicate.not(AT_THE_EDGE))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "org.jboss.resteasy..");

  @ArchTest
  static final ArchRule onlyTheEdgeKnowsTheCaller =
      noClasses()
          .that(DescribedPredicate.not(AT_THE_EDGE))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.access..");

  @ArchTest
  static final ArchRule nothingDependsOnAResource =
      classes()
          .that()
          .haveNameMatching(".*Resource([$].*)?")
          .should()
          .onlyBeAccessed()
          .byClassesThat()
          .haveNameMatching(".*Resource([$].*)?");

  @ArchTest
  static final ArchRule theResultsServiceDependsOnNoOtherService =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.trainer..", "io.millrace.augmentation..");
}
