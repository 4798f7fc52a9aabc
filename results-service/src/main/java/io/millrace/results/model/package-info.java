/** Where trained models lie: only reads there. */
package io.millrace.results.model;
