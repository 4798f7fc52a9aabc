package io.millrace.trainer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Tests that packages depend on each other only in the direction of the data flow, and that only
 * one package depends on Deeplearning4j.
 */
@AnalyzeClasses(
    packages = "io.millrace.trainer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule onlyTheDl4jPackageDependsOnDeeplearning4j =
      noClasses()
          .that()
          .resideOutsideOfPackages("..trainer.dl4j..", "org.nd4j..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.deeplearning4j..", "org.nd4j..", "org.bytedeco..")
                  .and(resideOutsideOfPackage("org.nd4j.shade.protobuf..")));

  @ArchTest
  static final ArchRule onlyTheOnnxPackageDependsOnOnnx =
      noClasses()
          .that()
          .resideOutsideOfPackage("..trainer.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("onnx..", "org.nd4j.shade.protobuf..");

  @ArchTest
  static final ArchRule networksDoNotDependOnKafkaQuarkusFeedStoreOrTraining =
      noClasses()
          .that()
          .resideInAPackage("..trainer.dl4j..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.quarkus..",
              "io.millrace.trainer.feed..",
              "io.millrace.trainer.store..",
              "io.millrace.trainer.training..");

  @ArchTest
  static final ArchRule packagesUnderDl4jHaveNoCycles =
      slices().matching("..trainer.dl4j.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesUnderDl4jDoNotDependOnDl4jItself =
      noClasses()
          .that()
          .resideInAPackage("..trainer.dl4j.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..trainer.dl4j");

  @ArchTest
  static final ArchRule packageDependenciesFollowTheDataFlow =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("intake")
          .definedBy("..trainer.intake..")
          .layer("training")
          .definedBy("..trainer.training..")
          .layer("feed")
          .definedBy("..trainer.feed..")
          .layer("checkpoint")
          .definedBy("..trainer.checkpoint..")
          .layer("events")
          .definedBy("..trainer.events..")
          .layer("store")
          .definedBy("..trainer.store..")
          .whereLayer("intake")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("training")
          .mayOnlyBeAccessedByLayers("intake")
          .whereLayer("feed")
          .mayOnlyBeAccessedByLayers("intake", "training")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers("intake", "training");

  @ArchTest
  static final ArchRule theTrainerDoesNotDependOnOtherServices =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.results..", "io.millrace.augmentation..");
}
