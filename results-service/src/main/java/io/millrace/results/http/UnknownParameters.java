package io.millrace.results.http;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Rejects query parameters that a resource does not have, so that a typo never changes the result.
 * Pages and their assets take any.
 */
class UnknownParameters {
  /** A parameter of every GET, see {@link FileFormat}. */
  private static final String FORMAT = "format";

  /** One entry per resource method. */
  private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();

  /** Runs before {@link EventStreamCheck}. */
  @ServerRequestFilter(priority = Priorities.USER - 1)
  void check(ContainerRequestContext request, ResourceInfo resource) {
    Set<String> given = request.getUriInfo().getQueryParameters().keySet();
    if (given.isEmpty() || isPage(request.getUriInfo().getPath())) {
      return;
    }
    Set<String> names =
        known.computeIfAbsent(resource.getResourceMethod(), UnknownParameters::names);
    given.stream()
        .filter(name -> !names.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new InvalidMessageException(
                  Check.cut(name),
                  "is not a parameter of this resource"
                      + Suggestion.of(name, names).orElseGet(() -> choices(names)));
            });
  }

  private static String choices(Set<String> names) {
    return names.isEmpty() ? "; it takes none" : "; give one of " + String.join(", ", names);
  }

  private static boolean isPage(String path) {
    return path.matches("/?|/?ui(/.*)?");
  }

  /** The parameters of a method, from its annotations. */
  private static Set<String> names(Method method) {
    var names = new TreeSet<String>();
    for (Parameter parameter : method.getParameters()) {
      QueryParam query = parameter.getAnnotation(QueryParam.class);
      if (query != null) {
        names.add(query.value());
      } else if (parameter.isAnnotationPresent(BeanParam.class)) {
        for (Field field : parameter.getType().getDeclaredFields()) {
          if (field.isAnnotationPresent(QueryParam.class)) {
            names.add(field.getAnnotation(QueryParam.class).value());
          }
        }
      }
    }
    if (method.isAnnotationPresent(GET.class)) {
      names.add(FORMAT);
    }
    return names;
  }
}
