// All experiments: what was asked, and what came out.

import {get} from './api.js';
import {sparkline} from './chart.js';
import {answerParts, h, note, replace} from './dom.js';
import {ago, count, runsInWords} from './format.js';

/** @typedef {import('./types').ExperimentPage} ExperimentPage */
/** @typedef {import('./types').ExperimentSummary} ExperimentSummary */

const PAGE = 50;

/** @param {ExperimentSummary} found */
function item(found) {
  const running = found.states.RUNNING ?? 0;
  const spark = (found.sparkline?.filter(v => v !== null).length ?? 0) > 1;
  return h(
    'li',
    {class: 'experiment card'},
    h(
      'div',
      {},
      h('h2', {}, h('a', {href: `/ui/experiments/${encodeURIComponent(found.experiment)}`}, found.experiment)),
      h('p', {class: 'line'}, answerParts(found.answer)),
      h(
        'p',
        {class: 'facts'},
        running > 0 && h('span', {class: 'state', 'data-state': 'RUNNING'}, `${running} training`),
        h('span', {}, `${count(found.variants)} ${found.variants === 1 ? 'variant' : 'variants'}`),
        h('span', {title: runsInWords(found.states)}, `${count(found.runs)} ${found.runs === 1 ? 'run' : 'runs'}`),
        h('span', {}, ago(found.newest_at)))),
    h(
      'figure',
      {},
      sparkline(spark ? (found.sparkline ?? []) : []),
      h('figcaption', {}, spark && found.best_variant ? `loss of ${found.best_variant}` : '\u00a0')));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main) {
    document.title = 'Experiments · Millrace';
    const list = h('ul', {class: 'list'});
    const more = h('div', {class: 'buttons'});
    const head = h(
      'div',
      {class: 'buttons'},
      h('h1', {}, 'Experiments'));
    const first = /** @type {ExperimentPage} */ (await get(['experiments'], {limit: PAGE}));
    replace(main, head, list, more);
    if (first.experiments.length === 0) {
      replace(list, h('li', {class: 'card'}, note(
        'No experiments yet.',
        'An experiment is a question: does dropout help? Its variants are the answers that you try, its runs train them.',
        h('a', {class: 'button main', href: '/ui/new'}, 'Start the first run'))));
    }
    /** @param {ExperimentPage} answer */
    const append = answer => {
      list.append(...answer.experiments.map(item));
      replace(more, answer.next && h(
        'button',
        {
          type: 'button',
          onclick: async () => append(await get(['experiments'], {limit: PAGE, cursor: answer.next})),
        },
        'Older experiments'));
    };
    append(first);
  },
};
