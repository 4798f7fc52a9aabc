// The variants of an experiment side by side: numbers, intervals, verdicts, changes.

import {Swatch} from './chart.js';
import {NOT_FINITE, number, plural, probability, runsInWords, signed, spread} from './format.js';
import {address, fetchOk} from './api.js';
import {Answer, Head, Scroll, announce, h, problemOf} from './ui.js';
import {useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').Variant} Variant */
/** @typedef {import('./types').Spread} Spread */
/** @typedef {import('./types').Change} Change */
/** @typedef {Map<string, {color: number, dash: number}>} Looks */

/** The most seeds that one request adds. */
const MOST_MORE = 50;
const WIDTH = 152;
/** More sentences than this start collapsed. */
const MOST_SENTENCES = 8;
/** The longest text of a value in a change, in characters. */
const MOST_TEXT = 60;

/** @type {Record<string, [string, string]>} */
const VERDICTS = {
  better: ['▲ better', 'good'],
  worse: ['▼ worse', 'bad'],
  no_difference: ['= no difference', 'soft'],
  undecided: ['undecided', 'soft'],
  no_spread: ['no spread', 'soft'],
};

/** @param {string | undefined} verdict @returns {[string, string]} its text, and its style */
export function verdictOf(verdict) {
  return VERDICTS[verdict ?? ''] ?? ['', ''];
}

/**
 * The result of a variant for a metric.
 *
 * @param {Variant} variant
 * @param {string} metric
 * @returns {Spread | null | undefined} null: finite in none of its runs
 */
export function ofMetric(variant, metric) {
  if (metric.startsWith('test_')) {
    return variant.test?.[metric.slice(5)];
  }
  return metric in (variant.last_epoch ?? {}) ? variant.last_epoch[metric] : /** @type {any} */ (variant)[metric];
}

/** @param {Spread} s @returns {[number, number]} the confidence interval, or else the observed range */
function reach(s) {
  return typeof s.low === 'number' && typeof s.high === 'number' ? [s.low, s.high] : [s.min, s.max];
}

/** @param {string} field @returns {string} a short name for narrow places */
export function shortOf(field) {
  return field.replace(/^(optimizer|augmentation|dataset|model)\./, '');
}

/** Shortens the value of a request field for display. @param {unknown} value */
export function valueText(value) {
  if (value === undefined) {
    return 'not set';
  }
  const text = isLayer(value) ? layerText(value) : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} an object with a type, such as a layer or an optimizer */
function isLayer(value) {
  return typeof value === 'object' && value !== null && typeof /** @type {any} */ (value).type === 'string';
}

/** @param {Record<string, unknown>} layer written as in Keras: Dropout(rate=0.5) */
export function layerText({type, ...rest}) {
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${type}(${fields.join(', ')})`;
}

/** What differs from the baseline. @param {{changes: Change[] | undefined, truncated?: boolean}} props */
export function Changes({changes, truncated}) {
  if (!changes || changes.length === 0) {
    return null;
  }
  return h(
    'ul',
    {class: 'changes'},
    changes.map(change => h(
      'li',
      {key: change.field},
      change.from === undefined && isLayer(change.to)
        ? [h('ins', {}, `+ ${valueText(change.to)}`), ' ', h('span', {class: 'soft', title: change.field}, shortOf(change.field))]
        : change.to === undefined && isLayer(change.from)
          ? [h('del', {}, `− ${valueText(change.from)}`), ' ', h('span', {class: 'soft', title: change.field}, shortOf(change.field))]
          : [h('code', {title: change.field}, shortOf(change.field)), ' ', h('del', {}, valueText(change.from)), ' → ', h('ins', {}, valueText(change.to))])),
    truncated && h('li', {class: 'soft'}, 'and more'));
}

/**
 * Draws a mean with its interval, on a scale that all variants share.
 *
 * @param {{variants: Variant[], variant: Variant, metric: string, baseline: string | undefined, color: number}} props
 */
function Whiskers({variants, variant, metric, baseline, color}) {
  const s = ofMetric(variant, metric);
  if (!s) {
    return null;
  }
  const spreads = variants.map(v => ofMetric(v, metric)).filter(one => one !== undefined && one !== null);
  const ends = spreads.flatMap(one => [...reach(one), one.mean]);
  const min = Math.min(...ends);
  const range = Math.max(...ends) - min || 1;
  /** @param {number} value */
  const at = value => (6 + ((value - min) / range) * (WIDTH - 12)).toFixed(1);
  const base = variants.find(v => v.variant === baseline);
  const zero = base && ofMetric(base, metric);
  const [low, high] = reach(s);
  const stroke = `var(--series-${color})`;
  return h(
    'svg',
    {
      class: 'whiskers', viewBox: `0 0 ${WIDTH} 20`, role: 'img',
      'aria-label': s.n > 1 ? `${number(low)} to ${number(high)}` : number(s.mean),
    },
    zero && h('path', {d: `M${at(zero.mean)} -9V29`, 'stroke-width': 1, 'stroke-dasharray': '2 3', style: {stroke: 'var(--soft)'}}),
    h('path', {d: `M${at(low)} 10H${at(high)}M${at(low)} 6v8M${at(high)} 6v8`, 'stroke-width': 1.75, style: {stroke}}),
    h('circle', {cx: at(s.mean), cy: 10, r: 4, style: {fill: stroke}}));
}

/** A mean with half the width of its confidence interval. @param {{s: Spread | null | undefined, digits?: number}} props */
function Mean({s, digits}) {
  const [mean, half] = spread(s, digits);
  return h('td', {class: 'num', title: s === null ? `Not finite: ${NOT_FINITE}` : null}, mean, half && h('span', {class: 'spread'}, ` ${half}`));
}

/** @param {Spread | undefined} s indices that count from 0 @returns {Spread | undefined} indices that count from 1 */
function fromOne(s) {
  return s && {...s, mean: s.mean + 1, min: s.min + 1, max: s.max + 1, low: null, high: null};
}

/**
 * @param {{
 *   found: ExperimentView,
 *   looks: Looks,
 *   chosen?: Set<string>,
 *   choose?: (variant: string, is: boolean) => void,
 * }} props chosen: the variants to compare
 */
export function VariantTable({found, looks, chosen, choose}) {
  const metric = found.metric ?? 'test_loss';
  const short = metric.replace(/^test_/, '');
  const {variants, baseline} = found;
  const gapOf = short in (variants[0]?.generalization_gap ?? {}) ? short : 'loss';
  const naive = variants.map(v => v.baseline).find(b => b?.metrics[short]);
  const hasGap = variants.some(v => v.generalization_gap?.[gapOf]);
  const hasUnits = variants.some(v => v.prediction?.rmse);
  const hasChanges = variants.some(v => v.changes?.length);
  return h(Scroll, {label: 'Variants'}, h(
    'table',
    {class: 'variants'},
    h('caption', {class: 'unseen'}, `The variants by ${metric}`),
    h(Head, {columns: [
      choose && [h('span', {class: 'unseen'}, 'choose'), {class: 'choice'}],
      ['variant', {class: 'first'}],
      ['verdict', {title: 'against the baseline, corrected for the number of comparisons'}],
      [metric.replace('_', ' '), {class: 'num', title: 'the mean of the runs, ± half the width of its 95 % confidence interval'}],
      ['difference', {class: 'num', title: `against ${baseline ?? 'the baseline'}, with its 95 % confidence interval`}],
      ['p', {class: 'num', title: 'Welch’s t-test, two-sided, corrected for the number of comparisons (Holm)'}],
      ['runs', {class: 'num'}],
      ['95 % confidence interval', {title: 'of the mean, by Student’s t over the runs; the dashed line is the mean of the baseline'}],
      hasChanges && `changes from ${baseline ?? 'the baseline'}`,
      hasGap && [`${gapOf} gap`, {class: 'num', title: 'How much worse the last epoch is on validation than on training'}],
      hasUnits && ['rmse', {class: 'num', title: 'in original units'}],
      ['best epoch', {class: 'num', title: 'the first epoch is 1'}],
      ['seconds', {class: 'num'}],
    ]}),
    h(
      'tbody',
      {},
      variants.map(variant => {
        const style = looks.get(variant.variant) ?? {color: 0, dash: 0};
        const c = variant.comparison;
        const [verdict, tone] = verdictOf(c?.verdict);
        const runs = variant.runs.length;
        return h(
          'tr',
          {key: variant.variant, title: c?.sentence},
          choose && h('td', {class: 'choice'}, h('input', {
            type: 'checkbox', checked: chosen?.has(variant.variant) ?? false, 'aria-label': `Choose variant ${variant.variant}`,
            onChange: (/** @type {any} */ e) => choose(variant.variant, e.target.checked),
          })),
          h('th', {scope: 'row', class: 'first'}, h(Swatch, {line: style}), ' ', variant.variant),
          h('td', {class: `${tone} whole`.trim()}, verdict || (variant.variant === baseline ? h('span', {class: 'soft'}, 'baseline') : '')),
          h(Mean, {s: ofMetric(variant, metric)}),
          h(
            'td',
            {class: c ? 'num' : 'num soft'},
            c ? signed(c.difference) : '–',
            c && typeof c.low === 'number' && typeof c.high === 'number'
              && h('span', {class: 'spread'}, ` [${signed(c.low, 2)}, ${signed(c.high, 2)}]`)),
          h('td', {class: 'num'}, c ? probability(c.p_corrected) : ''),
          h('td', {class: 'num', title: runsInWords(variant.states)}, variant.completed === runs ? runs : `${variant.completed} of ${runs}`),
          h('td', {}, h(Whiskers, {variants, variant, metric, baseline, color: style.color})),
          hasChanges && h('td', {}, h(Changes, {changes: variant.changes, truncated: variant.changes_truncated})),
          hasGap && h(Mean, {s: variant.generalization_gap?.[gapOf], digits: 3}),
          hasUnits && h(Mean, {s: variant.prediction?.rmse, digits: 3}),
          h(Mean, {s: fromOne(variant.best_epoch), digits: 2}),
          h(Mean, {s: variant.seconds, digits: 3}));
      }),
      naive && h(
        'tr',
        {class: 'soft'},
        choose && h('td', {}),
        h('th', {scope: 'row', class: 'first'}, `naive: ${naive.name.replace('_', ' ')}`),
        h('td', {}),
        h('td', {class: 'num'}, number(naive.metrics[short]?.mean)),
        h('td', {colspan: 20})))));
}

/**
 * A button that trains more seeds of variants, so that the comparison can be decided.
 *
 * @param {{path: string[], variants: string[], seeds: number, refused: (problem: string) => void}} props path: of the experiment; seeds: of each variant
 */
function MoreSeeds({path, variants, seeds, refused}) {
  const [busy, setBusy] = useState(false);
  const count = Math.min(seeds, MOST_MORE);
  return h('button', {
    type: 'button',
    disabled: busy,
    onClick: async () => {
      setBusy(true);
      try {
        for (const variant of variants) {
          await fetchOk(address([...path, 'more']), {
            method: 'POST',
            headers: {'Content-Type': 'application/json', Accept: 'application/json'},
            body: JSON.stringify({variant, seeds: count}),
          });
        }
        announce(`${plural(count, 'more seed')} of ${variants.join(' and ')} will be trained`);
      } catch (e) {
        refused(problemOf(e));
        setBusy(false);
      }
    },
  }, `Train ${plural(count, 'more seed')} of both`);
}

/** A sentence about each variant. @param {{found: ExperimentView, path: string[], refused: (problem: string) => void}} props */
export function Sentences({found, path, refused}) {
  const {baseline} = found;
  const judged = found.variants.filter(v => v.comparison?.sentence);
  const list = judged.length > 0 && h('ul', {class: 'sentences', 'aria-label': 'A sentence about each variant'}, judged.map(v => h(
    'li',
    {key: v.variant},
    h(Answer, {text: v.comparison?.sentence}),
    v.comparison?.more_seeds && baseline
      ? [' ', h(MoreSeeds, {path, variants: [v.variant, baseline], seeds: v.comparison.more_seeds, refused})]
      : null)));
  return judged.length > MOST_SENTENCES ? h('details', {}, h('summary', {}, `a sentence about each of the ${judged.length} variants`), list) : list;
}
