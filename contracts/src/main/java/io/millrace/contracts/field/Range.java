package io.millrace.contracts.field;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The numbers that a field takes; of a list or a pair, those of each element. Ends that are not
 * given are open.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
public @interface Range {
  /** The smallest number. */
  double min() default Double.NaN;

  /** The largest number. */
  double max() default Double.NaN;

  /** The number that all are above; instead of {@link #min}. */
  double above() default Double.NaN;

  /** The number that all are below; instead of {@link #max}. */
  double below() default Double.NaN;
}
