/** Fields of training requests: differences between requests, and the fields and values of runs. */
package io.millrace.results.request;
