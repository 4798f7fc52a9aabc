package io.millrace.augmentation.preview;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The body of an answer that is an error.
 *
 * @param field the path of the field to blame; empty where none is
 * @param reason what was wrong and what is right
 */
@RegisterForReflection
record Refusal(String field, String reason) {}
