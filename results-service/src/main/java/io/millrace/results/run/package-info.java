/** Single runs and lists of them: queries, views and HTTP resources. */
package io.millrace.results.run;
