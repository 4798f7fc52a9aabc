package io.millrace.results.http;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/**
 * Marks a resource as an event stream, which is checked before it starts: after that, no status can
 * report an error.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
public @interface EventStream {}
