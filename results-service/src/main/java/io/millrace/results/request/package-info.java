/** Fields of training requests: how two requests differ, and which fields and values runs have. */
package io.millrace.results.request;
