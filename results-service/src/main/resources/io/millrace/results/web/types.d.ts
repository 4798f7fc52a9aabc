// The responses of the service, as in its OpenAPI document at /q/openapi.

export type State = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'REJECTED';
export type Json = null | boolean | number | string | Json[] | {[name: string]: Json};
export type Numbers = Record<string, number>;
/** null: not finite */
export type Metrics = Record<string, number | null>;
/** null: finite in no replicate */
export type Spreads = Record<string, Spread | null>;

export interface Spread {
  n: number;
  mean: number;
  std: number | null;
  low?: number | null;
  high?: number | null;
  min: number;
  max: number;
}

export interface ExperimentSummary {
  experiment: string;
  variants: number;
  runs: number;
  states: Numbers;
  newest_at: string;
  answer?: string;
  metric?: string;
  sparkline?: (number | null)[];
  best_variant?: string;
}

export interface ExperimentPage {
  experiments: ExperimentSummary[];
  next?: string;
}

export interface Comparison {
  baseline: string;
  metric: string;
  difference: number;
  percent?: number;
  low?: number | null;
  high?: number | null;
  p?: number | null;
  p_corrected?: number | null;
  effect_size?: number | null;
  verdict: 'better' | 'worse' | 'no_difference' | 'undecided' | 'no_spread';
  decided_after?: number;
  more_seeds?: number;
  sentence?: string;
}

export interface Replicate {
  run: string;
  seed?: number;
  state: State;
  reason?: string;
  test?: Metrics;
}

/** A difference between two requests. */
export interface Change {
  field: string;
  from?: Json;
  to?: Json;
}

export interface Variant {
  changes?: Change[];
  changes_truncated?: boolean;
  variant: string;
  runs: Replicate[];
  states: Numbers;
  completed: number;
  test: Spreads;
  last_epoch: Spreads;
  baseline?: {name: string; metrics: Spreads};
  prediction?: Spreads;
  best_epoch?: Spread;
  best_val_loss?: Spread;
  seconds?: Spread;
  samples_per_second?: Spread;
  generalization_gap?: Spreads;
  comparison?: Comparison;
}

export interface ExperimentView {
  experiment: string;
  variants: Variant[];
  adaptive?: Adaptive;
  search?: Search;
  truncated?: boolean;
  baseline?: string;
  metric?: string;
  higher_is_better?: boolean;
  answer?: string;
  rejected?: number;
  note?: string;
}

export interface VariantCurve {
  variant: string;
  runs: number;
  x: number[];
  n: number[];
  mean: (number | null)[];
  smoothed?: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  min: (number | null)[];
  max: (number | null)[];
}

export interface ExperimentCurves {
  experiment: string;
  metric: string;
  x: string;
  variants: VariantCurve[];
}

export interface RunSummary {
  run: string;
  experiment?: string;
  variant?: string;
  seed?: number;
  state: State;
  reason?: string;
  tags?: string[];
  queued_at?: string;
  started_at?: string;
  ended_at?: string;
  epochs_done: number;
  epochs?: number;
  steps_done: number;
  steps_per_epoch?: number;
  seconds?: number;
  metrics?: Metrics;
  test?: Metrics;
  archived?: boolean;
  values?: {[field: string]: Json};
}

export interface RunPage {
  runs: RunSummary[];
  next?: string;
  states?: Numbers;
}

export interface Layer {
  name: string;
  type: string;
  output_shape: (number | null)[];
  parameters: number;
  non_trainable_parameters?: number;
  inputs?: string[];
}

export interface Adaptive {
  from: number;
  to: number;
  metric: string;
  baseline: string;
  smallest_effect?: number;
  open: boolean;
  end_reason?: string;
  looks: {seeds: number; decided: string[]; undecided: string[]}[];
}

export interface Trial {
  trial: number;
  run?: string;
  variant: string;
  values: {[path: string]: Json};
  bracket?: number;
  rung?: number;
  epochs: number;
  status: 'waiting' | 'training' | 'held' | 'stopped' | 'finished';
  value?: number;
  stopped?: string;
}

export interface Search {
  strategy: string;
  metric: string;
  higher_is_better: boolean;
  max_epochs: number;
  reduction_factor?: number;
  open: boolean;
  end_reason?: string;
  epochs_spent: number;
  epochs_in_full: number;
  finalists?: string[];
  seeds: number;
  trials: Trial[];
}

export interface RangeTest {
  run: string;
  suggested_learning_rate?: number;
  rule: string;
  step: number[];
  learning_rate: number[];
  loss: (number | null)[];
  smoothed: (number | null)[];
}

export interface RunView extends RunSummary {
  note?: string;
  compared_to?: string;
  changes?: Change[];
  changes_truncated?: boolean;
  failed_at_step?: number;
  request?: {[name: string]: Json};
  trainer?: string;
  device?: string;
  delivery?: number;
  resumed_at_step?: number;
  samples?: Numbers;
  data_notes?: DataNotes;
  dataset_fingerprint?: string;
  validation_part?: string;
  layers?: Layer[];
  parameters?: number;
  baseline?: {name: string; metrics: Metrics};
  model?: {path?: string; bytes?: number; sha256?: string};
  rejections: {at: string; field?: string; reason: string; conflict: boolean}[];
}

export interface LossColumns {
  run: string;
  total: number;
  step: number[];
  epoch: number[];
  loss: (number | null)[];
  smoothed?: (number | null)[];
}

export interface HistoryColumns {
  run: string;
  total: number;
  epoch: number[];
  step: number[];
  at: string[];
  metrics: Record<string, (number | null)[]>;
  smoothed?: Record<string, (number | null)[]>;
}

export interface DataNotes {
  time?: SeriesTime;
  gaps?: {missing: string; values: number; steps: number; windows: number};
  left_out?: {cause: string; count: number; files: string[]}[];
  warnings?: string[];
  model?: string[];
}

export interface Evaluation {
  run: string;
  at: string;
  samples: number;
  metrics: Metrics;
  baseline?: {name: string; metrics: Metrics};
  confusion?: {classes: string[]; matrix: number[][]};
  per_class?: {class: string; precision: number | null; recall: number | null; f1: number | null; support: number}[];
  prediction?: {
    dates?: string[];
    truth: (number | null)[];
    predicted: (number | null)[];
    residuals?: (number | null)[];
    rmse?: number | null;
    mae?: number | null;
    baseline_rmse?: number | null;
    baseline_mae?: number | null;
    steps_ahead?: StepAhead[];
    seasonal_rmse?: number | null;
    seasonal_mae?: number | null;
    targets?: TargetScore[];
  };
}

export interface TargetScore {
  name?: string;
  rmse?: number | null;
  mae?: number | null;
  baseline_rmse?: number | null;
  baseline_mae?: number | null;
  seasonal_rmse?: number | null;
  seasonal_mae?: number | null;
}

export interface StepAhead {
  rmse?: number | null;
  mae?: number | null;
  baseline_rmse?: number | null;
  baseline_mae?: number | null;
}

export interface LogItem {
  id: number | string;
  at: string;
  type: string;
  text: string;
}

export interface LogPage {
  events: LogItem[];
  next?: string;
}

export interface StepsEvent {
  run: string;
  step: number[];
  loss: (number | null)[];
  steps_done: number;
  epochs_done: number;
}

export interface SeriesTime {
  columns?: string[];
  format?: string;
  zone?: string;
  from?: string;
  to?: string;
  step?: string;
  gaps?: number;
  sorted?: boolean;
  note?: string;
}

export interface DatasetView {
  dataset: string;
  usable: boolean;
  kind?: 'images' | 'series';
  classes?: string[];
  class_counts?: number[];
  sample_shape?: number[];
  columns?: string[];
  date_columns?: string[];
  text_columns?: string[];
  samples?: number;
  from?: string;
  to?: string;
  time?: SeriesTime;
  skipped?: number;
  left_out?: {cause: string; count: number; files: string[]}[];
  warnings?: string[];
  fingerprint?: string;
  problem?: string;
  at: string;
  augmenters: string[];
  differences: string[];
}

/** The fields and metrics by which runs can be filtered and sorted. */
export interface RunFields {
  fields: {field: string; kind: 'number' | 'text' | 'other'; distinct: number; varies: boolean}[];
  metrics: string[];
}

export interface SweepParameter {
  field: string;
  scale: 'linear' | 'log' | 'category';
  importance?: number;
  values: number;
}

export interface SweepPoint {
  run: string;
  variant: string;
  seed?: number;
  state: State;
  values: {[field: string]: Json};
  value?: number | null;
  trial?: number;
  rung?: number;
  status?: string;
}

/** The runs of a sweep with their parameters. */
export interface Parameters {
  experiment: string;
  metric: string;
  higher_is_better: boolean;
  importance_measure: string;
  parameters: SweepParameter[];
  points: SweepPoint[];
  truncated?: boolean;
}

export interface RunAnswers {
  run: string;
  samples: number;
  right: number;
  total: number;
  answers: {index: number; class: string; answer: string; right: boolean; confidence?: number}[];
  next?: number;
}

export interface DuelSample {
  index: number;
  class: string;
  a_right: number;
  b_right: number;
  a_answer: string;
  b_answer: string;
}

/** A comparison of two variants on each test sample. */
export interface Duel {
  experiment: string;
  samples: number;
  a: {variant: string; runs: string[]; seeds: number[]; right: number};
  b: {variant: string; runs: string[]; seeds: number[]; right: number};
  classes: {class: string; samples: number; a_right: number; b_right: number; gained: number; lost: number}[];
  gained: DuelSample[];
  lost: DuelSample[];
  left_out?: {run: string; reason: string}[];
  truncated?: boolean;
}
