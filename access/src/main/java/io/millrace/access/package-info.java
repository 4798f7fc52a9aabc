/**
 * Who may do what over HTTP, and how often: tokens, roles, limits. Beans of every service that has
 * this module among its dependencies; which paths are open stands in its {@code
 * application.properties}, the rules for all others in this module's {@code
 * microprofile-config.properties}.
 */
package io.millrace.access;
