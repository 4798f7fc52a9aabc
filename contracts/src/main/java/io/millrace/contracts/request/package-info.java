/** The training request: what a user publishes to have a network trained. */
package io.millrace.contracts.request;
