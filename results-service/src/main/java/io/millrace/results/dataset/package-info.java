/** Data sets and images of their samples: views and HTTP resources. */
package io.millrace.results.dataset;
