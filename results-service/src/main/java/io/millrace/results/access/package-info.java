/** Who may do what, and how often: tokens, roles, limits. */
package io.millrace.results.access;
