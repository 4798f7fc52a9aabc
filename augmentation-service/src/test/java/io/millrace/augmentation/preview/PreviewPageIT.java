package io.millrace.augmentation.preview;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same cases against what was packaged: the jar, or the native executable. */
@QuarkusIntegrationTest
class PreviewPageIT extends PreviewPageTest {}
