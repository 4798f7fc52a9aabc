/** Requests to layers with shapes: inference, summary and errors that name the layer. */
package io.millrace.trainer.model;
