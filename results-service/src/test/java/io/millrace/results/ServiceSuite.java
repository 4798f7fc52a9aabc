package io.millrace.results;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** All tests that are not in {@link DoorsAndPagesSuite}. */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns(DoorsAndPagesSuite.CLASSES)
class ServiceSuite {}
