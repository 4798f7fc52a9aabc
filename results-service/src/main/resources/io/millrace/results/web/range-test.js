// A learning rate range test: the loss by learning rate, and the suggested learning rate.

import {address, get} from './api.js';
import {Figure} from './curves.js';
import {number} from './format.js';
import {Card, Exports, Problem, h, problemOf} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').RangeTest} RangeTest */
/** @typedef {import('./chart.js').Line} Line */

/** @param {import('./types').RunView} run @returns {boolean} */
export function isRangeTest(run) {
  const optimizer = /** @type {any} */ (run.request?.optimizer);
  return optimizer?.learning_rate?.type === 'RangeTest';
}

/** @param {{run: string, version: number}} props version: a change loads the range test again */
export function RangeTestCard({run, version}) {
  const path = ['runs', run, 'range-test'];
  const [found, setFound] = useState(/** @type {RangeTest | null} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    get(path).then(answer => setFound(/** @type {RangeTest} */ (answer)), e => setProblem(problemOf(e)));
  }, [version]);
  const x = found?.learning_rate ?? [];
  const suggested = found?.suggested_learning_rate;
  const at = suggested === undefined ? -1 : x.findIndex(rate => rate >= suggested);
  /** @type {Line[]} */
  const lines = found ? [
    {label: 'loss', x, y: found.loss, color: 0, faint: true},
    {label: 'smoothed loss', x, y: found.smoothed, color: 0},
    ...(at >= 0 ? [{label: 'suggested learning rate', x, y: found.smoothed.map((y, i) => (i === at ? y : null)), color: 1, points: true}] : []),
  ] : [];
  return h(
    Card,
    {title: 'Learning rate range test', tools: h(Exports, {url: address(path)})},
    h(Problem, {text: problem}),
    found && h('p', {}, suggested === undefined
      ? 'No learning rate is suggested, because the loss has not fallen yet.'
      : [h('strong', {}, `Suggested learning rate: ${number(suggested, 2)}`), `, ${found.rule}.`]),
    h(Figure, {
      title: 'loss by learning rate',
      name: `${run}-range-test`,
      axes: {label: 'loss by learning rate', xTitle: 'learning rate', yTitle: 'loss', empty: 'The curve starts with the first steps.', x: rate => number(rate, 3), logX: true},
      lines,
      onToggle: () => {},
    }));
}
