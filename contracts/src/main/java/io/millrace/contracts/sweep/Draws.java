package io.millrace.contracts.sweep;

import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;

/** Distinct combinations of a sweep's values, drawn at random instead of trying all of them. */
record Draws(
    @Describe("The number of combinations.") @Required @Range(min = 1, max = Sweep.MAX_RUNS)
        Integer draws,
    @Describe("The seed of the draws.") @Default("0") Long seed) {
  private static final FieldRules RULES = FieldRules.of(Draws.class);

  public Draws {
    RULES.check("draws", draws);
    seed = RULES.check("seed", seed);
  }
}
