package io.millrace.results;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** All tests that are not in {@link DoorsSuite} or {@link PagesSuite}. */
@Suite
@SelectPackages("io.millrace.results")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns({DoorsSuite.CLASSES, PagesSuite.CLASSES})
class ServiceSuite {}
