package io.millrace.augmentation.preview;

/**
 * The body of an error response.
 *
 * @param field the path of the wrong field; empty if there is none
 * @param reason what is wrong and what is right
 */
record Refusal(String field, String reason) {}
