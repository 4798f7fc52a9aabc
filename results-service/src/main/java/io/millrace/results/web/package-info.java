/** The pages and the files that they load. */
package io.millrace.results.web;
