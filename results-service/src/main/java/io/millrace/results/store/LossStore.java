package io.millrace.results.store;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the losses of runs. */
@ApplicationScoped
public class LossStore {
  /** The most steps of one answer: 20 bytes of memory each, and 12 more while it is made. */
  public static final int MAX_STEPS = 2_000_000;

  private static final LossSeries NONE = new LossSeries(new long[0], new int[0], new double[0]);

  private static final String BLOCKS =
      """
      select block, losses, epochs
      from loss_block
      where run_id = :run and block between :first and :last
      order by block
      """;

  private static final String BLOCKS_OF_RUNS =
      """
      select b.block, b.losses, b.epochs, b.run_id
      from json_array_elements_text(cast(cast(:runs as text) as json)) as r(id)
      join loss_block b on b.run_id = cast(r.id as bigint)
      where b.block between :first and :last
      order by b.run_id, b.block
      """;

  /**
   * The known steps of a range of several runs, all of them: the caller sees to it that they are
   * not too many. A run without any is left out.
   *
   * @param runIds their {@link Run#id}
   * @param from the first step
   * @param to the step after the last one
   */
  public Uni<Map<Long, LossSeries>> read(List<Long> runIds, long from, long to) {
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(BLOCKS_OF_RUNS, Object[].class)
                    .setParameter("runs", runIds.toString())
                    .setParameter("first", LossBlock.of(from))
                    .setParameter("last", LossBlock.of(to - 1))
                    .getResultList())
        .map(
            rows ->
                rows.stream()
                    .map(row -> block(((Number) row[3]).longValue(), row))
                    .collect(
                        Collectors.groupingBy(
                            LossBlock::runId,
                            Collectors.collectingAndThen(
                                Collectors.toList(), blocks -> LossSeries.of(blocks, from, to)))));
  }

  /**
   * The known steps of a range, the first {@value #MAX_STEPS} of them.
   *
   * @param runId the run's {@link Run#id}
   * @param from the first step
   * @param to the step after the last one
   */
  public Uni<LossSeries> read(long runId, long from, long to) {
    return read(runId, from, to, MAX_STEPS);
  }

  /**
   * The known steps of a range, the first ones of them.
   *
   * @param runId the run's {@link Run#id}
   * @param from the first step
   * @param to the step after the last one
   * @param limit the most steps, 1..{@value #MAX_STEPS}
   */
  public Uni<LossSeries> read(long runId, long from, long to, int limit) {
    return more(NONE, runId, from, to, limit);
  }

  /**
   * Reads as many blocks as the limit needs where every step is known, and again until they are
   * enough.
   */
  private static Uni<LossSeries> more(LossSeries found, long runId, long from, long to, int limit) {
    int blocks = (limit - found.size()) / LossBlock.STEPS + 2;
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(BLOCKS, Object[].class)
                    .setParameter("run", runId)
                    .setParameter("first", LossBlock.of(from))
                    .setParameter("last", LossBlock.of(to - 1))
                    .setMaxResults(blocks)
                    .getResultList())
        .map(rows -> rows.stream().map(row -> block(runId, row)).toList())
        .chain(
            read -> {
              LossSeries all = found.and(LossSeries.of(read, from, to));
              if (read.size() < blocks || all.size() >= limit) {
                return Uni.createFrom().item(all.first(limit));
              }
              LossBlock last = read.get(read.size() - 1);
              return more(all, runId, last.firstStep() + LossBlock.STEPS, to, limit);
            });
  }

  private static LossBlock block(long runId, Object[] row) {
    return new LossBlock(runId, ((Number) row[0]).longValue(), (byte[]) row[1], (byte[]) row[2]);
  }
}
