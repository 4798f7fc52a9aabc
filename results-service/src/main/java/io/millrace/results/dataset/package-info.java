/** Data sets and pictures of their samples: views and HTTP resources. */
package io.millrace.results.dataset;
