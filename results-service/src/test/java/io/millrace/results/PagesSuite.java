package io.millrace.results;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** The tests of the other pages, of adaptive sweeps and of searches. */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(PagesSuite.CLASSES)
class PagesSuite {
  static final String CLASSES =
      ".*\\.(Pages|ExperimentPages|PageTypes|PageExamples|Adaptive.*|Search.*)Test";
}
