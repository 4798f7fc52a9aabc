package io.millrace.results.store;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the losses of runs. */
@ApplicationScoped
public class LossStore {
  /**
   * The most steps per answer: each takes 20 bytes of memory, and 12 more while it is assembled.
   */
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

  private static final String OUTLINES =
      """
      with r as (
        select cast(r.id as bigint) as id,
               (select max(block) from loss_block b
                where b.run_id = cast(r.id as bigint) and b.block <= :last) as last
        from json_array_elements_text(cast(cast(:runs as text) as json)) as r(id))
      select r.id as run_id, o.block, o.spans, cast(null as bytea) as losses,
             cast(null as bytea) as epochs
      from r
      join loss_outline o on o.run_id = r.id
      where o.block between :reach and r.last and o.block <> :first
        and not (:ends and o.block = r.last)
      union all
      select r.id, b.block, null, b.losses, b.epochs
      from r
      join loss_block b on b.run_id = r.id
      where b.block between :reach and r.last
        and (b.block = :first or (:ends and b.block = r.last)
             or not exists (select from loss_outline o
                            where o.run_id = b.run_id and o.block = b.block))
      order by 1, 2
      """;

  /**
   * The steps to outline. Where a range begins or ends within a span, its steps are listed one by
   * one.
   *
   * @param reach the first step that is read, as far as whole spans go
   * @param from the first step of the range, not before the reach
   * @param to the step after the last one
   * @param ends whether the range's first and last steps are always listed one by one
   */
  public record Range(long reach, long from, long to, boolean ends) {
    private boolean endsWithin() {
      return ends || to % LossSpan.STEPS != 0;
    }

    private long firstBlock() {
      return ends || from % LossSpan.STEPS != 0 ? LossBlock.of(from) : -1;
    }
  }

  /**
   * The outlines of several runs. They are a seventh of the data that {@link #read(List, long,
   * long)} reads. A run without losses is left out.
   *
   * @param runIds their {@link Run#id}
   */
  public Uni<Map<Long, List<LossSpan>>> outlines(List<Long> runIds, Range range) {
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(OUTLINES, Object[].class)
                    .setParameter("runs", runIds.toString())
                    .setParameter("reach", LossBlock.of(range.reach()))
                    .setParameter("first", range.firstBlock())
                    .setParameter("ends", range.endsWithin())
                    .setParameter("last", LossBlock.of(range.to() - 1))
                    .getResultList())
        .map(
            rows -> {
              var outlines = new LinkedHashMap<Long, List<LossSpan>>();
              for (int i = 0; i < rows.size(); i++) {
                Object[] row = rows.get(i);
                boolean last = i + 1 == rows.size() || !row[0].equals(rows.get(i + 1)[0]);
                outlines
                    .computeIfAbsent(((Number) row[0]).longValue(), id -> new ArrayList<>())
                    .addAll(spans(row, last, range));
              }
              return outlines;
            });
  }

  /** The spans of a block; the last block of a run may be incomplete. */
  private static List<LossSpan> spans(Object[] row, boolean last, Range range) {
    long block = ((Number) row[1]).longValue();
    if (row[2] != null) {
      return LossSpan.of(block * LossBlock.STEPS, (byte[]) row[2]);
    }
    var read =
        new LossBlock(((Number) row[0]).longValue(), block, (byte[]) row[3], (byte[]) row[4]);
    boolean end = block == range.firstBlock() || (last && range.endsWithin());
    return LossSpan.of(read, end ? 1 : LossSpan.STEPS).stream()
        .filter(span -> !end || (span.last() >= range.reach() && span.last() < range.to()))
        .toList();
  }

  /**
   * All known steps of a range of several runs. The caller has to limit their number. A run without
   * losses is left out.
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
   * The first {@value #MAX_STEPS} known steps of a range.
   *
   * @param runId the run's {@link Run#id}
   * @param from the first step
   * @param to the step after the last one
   */
  public Uni<LossSeries> read(long runId, long from, long to) {
    return read(runId, from, to, MAX_STEPS);
  }

  /**
   * The first known steps of a range.
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
   * Reads the number of blocks that the limit needs if every step is known, and repeats until there
   * are enough steps.
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
