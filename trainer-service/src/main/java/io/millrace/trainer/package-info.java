/** The trainer service: takes requests from a queue and answers with events and a model. */
package io.millrace.trainer;
