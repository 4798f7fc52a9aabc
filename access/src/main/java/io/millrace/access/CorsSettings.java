package io.millrace.access;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Which pages of other origins may ask. */
@ConfigMapping(prefix = "millrace.cors")
public interface CorsSettings {
  /**
   * Origins whose pages may ask by a token in the header Authorization, by commas, such as
   * https://lab.example; or * for all. By default none. Cookies are never taken from them.
   */
  Optional<List<String>> origins();
}
