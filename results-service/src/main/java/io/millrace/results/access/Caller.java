package io.millrace.results.access;

/**
 * Who asks.
 *
 * @param name of the token
 */
record Caller(String name, Role role) {}
