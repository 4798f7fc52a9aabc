package io.millrace.augmentation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.millrace.augmentation",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PurityTest {
  @ArchTest
  static final ArchRule transformsDependOnNoFilesNetworkOrFramework =
      classes()
          .that()
          .resideInAPackage("..augmentation.transform..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang",
              "java.util",
              "java.nio",
              "java.lang.invoke",
              "org.ejml..",
              "io.millrace.contracts",
              "java.lang.runtime",
              "io.millrace.contracts.request",
              "io.millrace.augmentation.transform");

  @ArchTest
  static final ArchRule transformsUseNoClockJavaRandomOrMathSine =
      noClasses()
          .that()
          .resideInAPackage("..augmentation.transform..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.util.Random.class)
          .orShould()
          .callMethod(Math.class, "sin", double.class)
          .orShould()
          .callMethod(Math.class, "cos", double.class);

  @ArchTest
  static final ArchRule dataSetsDependOnNeitherKafkaNorQuarkus =
      noClasses()
          .that()
          .resideInAPackage("..augmentation.dataset..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.quarkus..",
              "io.micrometer..",
              "io.millrace.augmentation.stream",
              "io.millrace.augmentation.intake");
}
