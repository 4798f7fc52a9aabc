package io.millrace.results;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same cases against what was packaged: the jar, or the native executable. */
@QuarkusIntegrationTest
class SubmissionIT extends SubmissionTest {}
