package io.millrace.results.http;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Is checked before it begins: once a stream has begun, no status can say that it cannot be. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
public @interface EventStream {}
