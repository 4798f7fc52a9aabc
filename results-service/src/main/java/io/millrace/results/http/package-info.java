/**
 * Parts that all HTTP resources share: errors, parameters, exports, streams, the OpenAPI document.
 */
package io.millrace.results.http;
