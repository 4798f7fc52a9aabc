package io.millrace.augmentation.intake;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same cases with the packaged service: the jar, or the native executable. */
@QuarkusIntegrationTest
class SameBatchesIT extends SameBatchesTest {}
