package io.millrace.results.submission;

/**
 * Who asks.
 *
 * @param name of the token; null where nobody is asked, and then an admin
 */
public record Requester(String name, boolean isAdmin) {

  /**
   * Whether the requester may cancel, archive, restore or delete a run.
   *
   * @param owner whose token submitted the run; null where nobody was asked, or it came over Kafka
   */
  public boolean mayChange(String owner) {
    return isAdmin || owner == null || owner.equals(name);
  }
}
