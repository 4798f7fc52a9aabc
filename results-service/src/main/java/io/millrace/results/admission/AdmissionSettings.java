package io.millrace.results.admission;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The desk's settings. */
@ConfigMapping(prefix = "millrace.desk")
public interface AdmissionSettings {
  /**
   * Who this results service is, among all that answer requests: of two with the same id only one
   * answers. After a crash the one that starts under the id goes on at once. By default the host's
   * name and the port of HTTP (of a port that is not fixed: the process id).
   */
  Optional<String> id();
}
