package io.millrace.results;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * The tests that start the service with other settings. Runs at the same time as {@link PagesSuite}
 * and {@link ServiceSuite}, in a JVM of its own.
 */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(DoorsSuite.CLASSES)
class DoorsSuite {
  static final String CLASSES =
      ".*\\.(ExamplesPage|PreviewPage|Preview|Cors|.*Doors|Roles|NotesRights|SlowCallers)Test";
}
