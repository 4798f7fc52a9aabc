// A table of runs.

import {address} from './api.js';
import {count, duration, number, plural} from './format.js';
import {Head, Scroll, StateMark, h} from './ui.js';

/** @typedef {import('./types').RunSummary} RunSummary */

/** The most runs or variants that the page for comparisons takes. */
export const MOST_COMPARED = 10;

/** The progress of a run. @param {{run: RunSummary}} props */
export function Progress({run}) {
  const epochs = run.epochs ?? 0;
  const all = epochs * (run.steps_per_epoch ?? 0);
  return [
    run.state === 'RUNNING' && all > 0 && h('progress', {
      class: 'thin', max: all, value: run.steps_done, 'aria-label': `${run.epochs_done} of ${plural(epochs, 'epoch')}`,
    }),
    h('span', {class: 'spread'}, ` ${run.epochs_done} of ${epochs ? plural(epochs, 'epoch') : '? epochs'}`),
  ];
}

/**
 * A checkbox that chooses a run.
 *
 * @param {{run: string, chosen: Set<string>, choose: (run: string, is: boolean) => void}} props
 */
export function Choice({run, chosen, choose}) {
  return h('td', {class: 'choice'}, h('input', {
    type: 'checkbox', value: run, checked: chosen.has(run), 'aria-label': `Choose ${run}`,
    onChange: (/** @type {any} */ e) => choose(run, e.target.checked),
  }));
}

/**
 * The runs of an experiment, newest first.
 *
 * @param {{
 *   runs: RunSummary[],
 *   metric: string | undefined,
 *   chosen: Set<string>,
 *   choose: (run: string, is: boolean) => void,
 * }} props
 */
export function RunTable({runs, metric, chosen, choose}) {
  const name = (metric ?? 'test_loss').replace(/^test_/, '');
  return h(Scroll, {label: 'Runs'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'The runs, newest first'),
    h(Head, {columns: [
      [h('span', {class: 'unseen'}, 'choose'), {class: 'choice'}], ['run', {class: 'first'}], 'variant', ['seed', {class: 'num'}], 'state', 'progress', [`test ${name}`, {class: 'num'}], ['val loss', {class: 'num'}], ['time', {class: 'num'}],
    ]}),
    h('tbody', {}, runs.map(run => h(
      'tr',
      {key: run.run, 'data-run': run.run},
      h(Choice, {run: run.run, chosen, choose}),
      h('td', {class: 'first'}, h('a', {class: 'id', href: address(['ui', 'runs', run.run])}, run.run)),
      h('td', {}, run.variant),
      h('td', {class: 'num'}, run.seed),
      h('td', {}, h(StateMark, {state: run.state, reason: run.reason}), run.archived && h('span', {class: 'tag'}, 'archived')),
      h('td', {}, h(Progress, {run})),
      h('td', {class: 'num'}, number(run.test?.[name])),
      h('td', {class: 'num'}, number(run.metrics?.val_loss)),
      h('td', {class: 'num'}, duration(run.seconds)))))));
}

/**
 * A link to the comparison of the chosen runs or variants, or the reason why there is none.
 *
 * @param {{what: 'run' | 'variant', chosen: Set<string>, experiment?: string}} props experiment: of the variants
 */
export function CompareLink({what, chosen, experiment}) {
  if (chosen.size < 2) {
    return null;
  }
  return chosen.size > MOST_COMPARED
    ? h('span', {class: 'hint'}, `Choose 2 to ${MOST_COMPARED} ${what}s to compare; ${count(chosen.size)} are chosen.`)
    : h('a', {class: 'button', href: address(['ui', 'compare'], {experiment, [what]: [...chosen]})}, `Compare ${plural(chosen.size, what)}`);
}

/**
 * @param {Set<string>} chosen
 * @param {string} name
 * @param {boolean} is
 * @returns {Set<string>} a copy with the name, or without it
 */
export function chosenWith(chosen, name, is) {
  const after = new Set(chosen);
  if (is) {
    after.add(name);
  } else {
    after.delete(name);
  }
  return after;
}
