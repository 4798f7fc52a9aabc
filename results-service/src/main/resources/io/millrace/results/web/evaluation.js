// Pictures of an evaluation on the test part.

import {Chart, legend} from './chart.js';
import {h, head, replace} from './dom.js';
import {count, number, plural} from './format.js';

/** With more classes than these a matrix is pixels, without numbers. */
const MAX_CELLS = 24;

/** A table of more steps ahead than these is folded. */
const MAX_STEPS = 24;

/**
 * @param {{classes: string[], matrix: number[][]}} confusion
 * @returns {HTMLElement}
 */
export function confusionMatrix({classes, matrix}) {
  const rows = matrix.map(row => row.reduce((a, b) => a + b, 0) || 1);
  return classes.length > MAX_CELLS ? pixels(classes, matrix, rows) : cells(classes, matrix, rows);
}

/** @param {string[]} classes @param {number[][]} matrix @param {number[]} rows their sums */
function cells(classes, matrix, rows) {
  return h(
    'div',
    {class: 'scroll'},
    h(
      'table',
      {class: 'confusion'},
      h('caption', {class: 'unseen'}, 'Samples by true class (row) and predicted class (column)'),
      h('thead', {}, h('tr', {}, h('td'), classes.map(name => h('th', {scope: 'col', title: name}, h('span', {}, name))))),
      h('tbody', {}, matrix.map((row, i) => h(
        'tr',
        {},
        h('th', {scope: 'row'}, classes[i]),
        row.map((n, j) => {
          const share = n / rows[i];
          const cell = h('td', {
            class: n === 0 ? 'none' : share > 0.5 ? 'strong' : null,
            title: `${classes[i]} taken for ${classes[j]}: ${count(n)}, ${number(share * 100, 3)} %`,
          }, n);
          const tone = i === j ? '--series-0' : '--series-1';
          // The root makes few mistakes visible beside many right answers.
          cell.style.background = `color-mix(in srgb, var(${tone}) ${(Math.sqrt(share) * 100).toFixed(0)}%, var(--faint))`;
          return cell;
        }))))));
}

/** @param {string[]} classes @param {number[][]} matrix @param {number[]} rows their sums */
function pixels(classes, matrix, rows) {
  const n = classes.length;
  const scale = Math.max(1, Math.floor(520 / n));
  const canvas = h('canvas', {class: 'matrix', width: n * scale, height: n * scale, role: 'img', 'aria-label': `Confusion of ${plural(n, 'class', 'classes')}`});
  const said = h('p', {class: 'hint'}, 'Point at a cell to read it.');
  const paper = canvas.getContext('2d');
  matrix.forEach((row, i) => row.forEach((value, j) => {
    if (paper && value > 0) {
      paper.globalAlpha = Math.max(0.08, Math.sqrt(value / rows[i]));
      paper.fillStyle = i === j ? '#3d8bdb' : '#e07020';
      paper.fillRect(j * scale, i * scale, scale, scale);
    }
  }));
  canvas.addEventListener('pointermove', e => {
    const box = canvas.getBoundingClientRect();
    const j = Math.min(n - 1, Math.floor(((e.clientX - box.left) / box.width) * n));
    const i = Math.min(n - 1, Math.floor(((e.clientY - box.top) / box.height) * n));
    said.textContent = `${classes[i]} taken for ${classes[j]}: ${count(matrix[i][j])}`;
  });
  return h('div', {}, canvas, said);
}

/** @param {NonNullable<import('./types').Evaluation['per_class']>} rows */
export function perClass(rows) {
  return h(
    'div',
    {class: 'scroll'},
    h(
      'table',
      {},
      h('caption', {class: 'unseen'}, 'Precision, recall and f1 by class'),
      head('class', ['precision', {class: 'num'}], ['recall', {class: 'num'}], ['f1', {class: 'num'}], ['samples', {class: 'num'}]),
      h('tbody', {}, rows.map(row => h(
        'tr',
        {},
        h('th', {scope: 'row'}, row.class),
        h('td', {class: 'num'}, number(row.precision, 3)),
        h('td', {class: 'num'}, number(row.recall, 3)),
        h('td', {class: 'num'}, number(row.f1, 3)),
        h('td', {class: 'num'}, count(row.support)))))));
}

/**
 * What the lines and the numbers of a prediction cover.
 * @param {import('./types').Evaluation} found
 */
export function covers({samples, prediction}) {
  const shown = prediction?.truth.length ?? 0;
  const lines = shown < samples ? `lines: the first ${count(shown)} of ${plural(samples, 'test sample')}` : plural(samples, 'test sample');
  const steps = prediction?.steps_ahead ? `, one step ahead; errors: all samples, all ${count(prediction.steps_ahead.length)} steps ahead` : '';
  const targets = prediction?.targets ?? [];
  return `${lines}${steps}${targets.length > 1 ? `; lines and large numbers: ${targets[0].name}` : ''}`;
}

/**
 * The errors of each target, with those of the naive answers beside them.
 * @param {import('./types').TargetScore[]} targets @param {string} naive @param {boolean} hasSeason
 */
function byTarget(targets, naive, hasSeason) {
  const season = hasSeason ? [['one season before', {class: 'num'}]] : [];
  /** @param {number | null | undefined} value */
  const cell = value => h('td', {class: 'num'}, number(value, 3));
  return h('div', {class: 'scroll'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Errors by target'),
    head('target', ['rmse', {class: 'num'}], [naive, {class: 'num'}], .../** @type {any} */ (season), ['mae', {class: 'num'}], [naive, {class: 'num'}], .../** @type {any} */ (season)),
    h('tbody', {}, targets.map(target => h(
      'tr',
      {},
      h('th', {scope: 'row'}, target.name),
      cell(target.rmse),
      cell(target.baseline_rmse),
      hasSeason && cell(target.seasonal_rmse),
      cell(target.mae),
      cell(target.baseline_mae),
      hasSeason && cell(target.seasonal_mae))))));
}

/**
 * The errors of each step ahead, with the naive answer's beside them.
 * @param {import('./types').StepAhead[]} steps @param {string} naive
 */
function byStep(steps, naive) {
  return h('details', {open: steps.length <= MAX_STEPS}, h('summary', {}, 'errors by step ahead, in units'), h('div', {class: 'scroll'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Errors by step ahead'),
    head(['steps ahead', {class: 'num'}], ['rmse', {class: 'num'}], [naive, {class: 'num'}], ['mae', {class: 'num'}], [naive, {class: 'num'}]),
    h('tbody', {}, steps.map((step, i) => h(
      'tr',
      {},
      h('th', {scope: 'row', class: 'num'}, count(i + 1)),
      h('td', {class: 'num'}, number(step.rmse, 3)),
      h('td', {class: 'num'}, number(step.baseline_rmse, 3)),
      h('td', {class: 'num'}, number(step.mae, 3)),
      h('td', {class: 'num'}, number(step.baseline_mae, 3))))))));
}

/**
 * Predicted against true values, and the errors.
 * @param {NonNullable<import('./types').Evaluation['prediction']>} prediction
 * @param {string} naive the name of the naive answer
 */
export function residuals(prediction, naive) {
  const {truth, predicted, dates} = prediction;
  const x = truth.map((_, i) => i);
  /** @param {number} i */
  const category = i => dates?.[i] ?? String(i);
  const main = new Chart({label: 'prediction against truth', category, sync: 'prediction', empty: 'There are no values.'});
  const rest = new Chart({label: 'residuals', category, sync: 'prediction', short: true});
  const residual = prediction.residuals ?? truth.map((t, i) => (
    t === null || predicted[i] === null ? null : t - /** @type {number} */ (predicted[i])));
  const lines = [
    {label: 'truth', x, y: truth, color: 6},
    {label: 'predicted', x, y: predicted, color: 1, dash: 1},
  ];
  /** @type {Set<string>} */
  const hidden = new Set();
  const names = h('div');
  const paint = () => {
    const now = lines.map(line => ({...line, hidden: hidden.has(line.label)}));
    main.draw(now);
    replace(names, legend(now, label => {
      if (!hidden.delete(label)) {
        hidden.add(label);
      }
      paint();
    }));
  };
  paint();
  rest.draw([{label: 'truth − predicted', x, y: residual, color: 3}]);
  /** @param {string} name @param {number | null | undefined} own @param {number | null | undefined} other @param {number | null | undefined} season */
  const score = (name, own, other, season) => own !== undefined && h(
    'div',
    {},
    h('dt', {}, name),
    h(
      'dd',
      {class: 'large'},
      number(own, 3),
      other !== undefined && h('small', {}, `${number(other, 3)} ${naive}`),
      season !== undefined && h('small', {}, `${number(season, 3)} one season before`)));
  return h(
    'div',
    {},
    h('dl', {class: 'numbers'}, score('rmse, in units', prediction.rmse, prediction.baseline_rmse, prediction.seasonal_rmse), score('mae, in units', prediction.mae, prediction.baseline_mae, prediction.seasonal_mae)),
    prediction.targets && prediction.targets.length > 1 && byTarget(prediction.targets, naive, prediction.seasonal_rmse !== undefined),
    names,
    main.element,
    h('h2', {}, 'residuals'),
    rest.element,
    prediction.steps_ahead && byStep(prediction.steps_ahead, naive));
}
