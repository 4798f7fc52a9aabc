package io.millrace.augmentation.preview;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same cases with the packaged service: the jar, or the native executable. */
@QuarkusIntegrationTest
class PreviewResourceIT extends PreviewResourceTest {}
