package io.millrace.results.admission;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Settings of admission, the part of the results service that accepts or rejects requests. */
@ConfigMapping(prefix = "millrace.desk")
public interface AdmissionSettings {
  /**
   * This results service's id among all that answer requests. Of two services with the same id,
   * only one answers. After a crash, a service that starts with the id continues at once. The
   * default is the host name and the HTTP port, or the process id if the port is random.
   */
  Optional<String> id();
}
