package io.millrace.results;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** The same cases against what was packaged: the jar, or the native executable. */
@QuarkusIntegrationTest
@Tag("packaged")
class ServiceMetricsIT extends ServiceMetricsTest {}
