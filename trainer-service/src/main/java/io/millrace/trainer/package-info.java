/** The trainer service: takes requests from a queue and produces events and models. */
package io.millrace.trainer;
