package io.millrace.results;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** All other tests. */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns(DoorsAndPagesSuite.CLASSES)
class ServiceSuite {}
