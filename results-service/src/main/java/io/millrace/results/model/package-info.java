/** The store of trained models, which this service only reads. */
package io.millrace.results.model;
