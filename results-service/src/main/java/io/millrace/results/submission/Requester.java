package io.millrace.results.submission;

/**
 * The caller of a request.
 *
 * @param name of the token; null if authentication is off, and then the caller is an admin
 */
public record Requester(String name, boolean isAdmin) {

  /**
   * Whether the requester may cancel, archive, restore or delete a run.
   *
   * @param owner whose token submitted the run; null if authentication was off or it came over
   *     Kafka
   */
  public boolean mayChange(String owner) {
    return isAdmin || owner == null || owner.equals(name);
  }
}
