/**
 * Access control and rate limits for HTTP: tokens, roles, limits. Every service that depends on
 * this module gets its beans. The service's {@code application.properties} lists open paths; this
 * module's {@code microprofile-config.properties} has the rules for all others.
 */
package io.millrace.access;
