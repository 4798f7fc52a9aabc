package io.millrace.augmentation.intake;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same cases against what was packaged: the jar, or the native executable. */
@QuarkusIntegrationTest
class SameBatchesIT extends SameBatchesTest {}
