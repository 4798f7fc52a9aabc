package io.millrace.augmentation.preview;

/**
 * The body of an answer that is an error.
 *
 * @param field the path of the field to blame; empty where none is
 * @param reason what was wrong and what is right
 */
record Refusal(String field, String reason) {}
