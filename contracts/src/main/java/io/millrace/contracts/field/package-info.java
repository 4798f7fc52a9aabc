/** Annotations that state the range, the default and the meaning of a record's field, once. */
package io.millrace.contracts.field;
