package io.millrace.contracts.json;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import io.millrace.contracts.InvalidMessageException;

/** Reports a string or a number where an object with a {@code type} is expected. */
final class TypedObjects extends DeserializationProblemHandler {
  @Override
  public JavaType handleMissingTypeId(
      DeserializationContext context, JavaType base, TypeIdResolver resolver, String message) {
    if (context.getParser().currentToken().isScalarValue()) {
      throw new InvalidMessageException("", "is not an object");
    }
    return null;
  }
}
