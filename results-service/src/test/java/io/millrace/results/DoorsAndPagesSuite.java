package io.millrace.results;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * The tests of pages, and those that start the service with other settings. Runs in its own JVM, at
 * the same time as {@link ServiceSuite}.
 */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(DoorsAndPagesSuite.CLASSES)
class DoorsAndPagesSuite {
  static final String CLASSES =
      ".*\\.(.*Page.*|Cors.*|.*Doors|Preview|Roles|NotesRights|SlowCallers)Test";
}
