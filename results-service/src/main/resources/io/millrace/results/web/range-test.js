// A learning-rate range test: the loss against the rate, and the rate that it suggests.

import {address, get} from './api.js';
import {Chart, legend} from './chart.js';
import {exports} from './curve-tools.js';
import {h, replace} from './dom.js';
import {number} from './format.js';

/** @param {import('./types').RunView} run @returns {boolean} */
export function isRangeTest(run) {
  const optimizer = /** @type {any} */ (run.request?.optimizer);
  return optimizer?.learning_rate?.type === 'RangeTest';
}

/**
 * @param {import('./types').RunView} run
 * @returns {{element: HTMLElement, load: () => Promise<void>}} a card, filled by each load
 */
export function rangeTestCard(run) {
  const path = ['runs', run.run, 'range-test'];
  // Rates span decades, so x is their logarithm.
  const chart = new Chart({label: 'loss by learning rate', empty: 'The first losses come with the first steps.', x: x => number(10 ** x, 3)});
  const answer = h('p');
  const names = h('div');
  const element = h(
    'section',
    {class: 'card', 'aria-label': 'Learning-rate range test'},
    h('header', {}, h('h2', {}, 'Loss by learning rate'), names, exports(address(path))),
    answer,
    chart.element);
  return {
    element,
    load: async () => {
      const found = /** @type {import('./types').RangeTest} */ (await get(path));
      const x = found.learning_rate.map(Math.log10);
      const suggested = found.suggested_learning_rate;
      const at = suggested === undefined ? -1 : x.findIndex(place => place >= Math.log10(suggested));
      const lines = [
        {label: 'loss', x, y: found.loss, color: 0, faint: true},
        {label: 'smoothed loss', x, y: found.smoothed, color: 0},
        ...(at >= 0 ? [{label: 'suggested rate', x, y: found.smoothed.map((y, i) => (i === at ? y : null)), color: 1, points: true}] : []),
      ];
      chart.draw(lines);
      replace(names, legend(lines.filter(line => !line.faint), () => {}));
      replace(answer, suggested === undefined
        ? 'The loss has not fallen so far, so no learning rate is suggested.'
        : [h('strong', {}, `Suggested learning rate: ${number(suggested, 2)}`), `, ${found.rule}.`]);
    },
  };
}
