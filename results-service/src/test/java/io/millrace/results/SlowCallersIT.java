package io.millrace.results;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** Runs the same tests on the packaged jar or native executable. */
@QuarkusIntegrationTest
@Tag("packaged")
class SlowCallersIT extends SlowCallersTest {}
