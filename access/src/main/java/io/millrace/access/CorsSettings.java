package io.millrace.access;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Access for pages of other origins (CORS). */
@ConfigMapping(prefix = "millrace.cors")
public interface CorsSettings {
  /**
   * Origins whose pages may send requests with a token in the header Authorization, separated by
   * commas, such as https://lab.example; or * for all. By default none. Cookies from them are
   * ignored.
   */
  Optional<List<String>> origins();
}
