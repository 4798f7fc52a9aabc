// All experiments: what was asked, and what came out.

import {address, get, latest} from './api.js';
import {sparkline} from './chart.js';
import {keep, parameters} from './curve-tools.js';
import {answerParts, h, note, replace, segments} from './dom.js';
import {ago, count, plural, runsInWords} from './format.js';

/** @typedef {import('./types').ExperimentPage} ExperimentPage */
/** @typedef {import('./types').ExperimentSummary} ExperimentSummary */

const PAGE = 50;

/** @param {ExperimentSummary} found @param {boolean} archived whether archived runs are shown */
function item(found, archived) {
  const rejected = found.states.REJECTED ?? 0;
  const runs = found.runs - rejected;
  const running = found.states.RUNNING ?? 0;
  const spark = (found.sparkline?.filter(v => v !== null).length ?? 0) > 1;
  return h(
    'li',
    {class: 'experiment card'},
    h(
      'div',
      {},
      h('h2', {}, h('a', {href: address(['ui', 'experiments', found.experiment], {archived: archived || null})}, found.experiment)),
      h('p', {class: 'line'}, answerParts(found.answer)),
      h(
        'p',
        {class: 'facts'},
        running > 0 && h('span', {class: 'state', 'data-state': 'RUNNING'}, `${running} training`),
        h('span', {}, plural(found.variants, 'variant')),
        h('span', {title: runsInWords(found.states)}, plural(runs, 'run')),
        rejected > 0 && h('span', {class: 'bad'}, `${count(rejected)} rejected`),
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
    let archived = parameters().get('archived') === 'only';
    const question = () => ({limit: PAGE, archived: archived ? 'only' : null});
    const head = h(
      'div',
      {class: 'buttons'},
      h('h1', {}, 'Experiments'),
      segments('which runs', [['', 'current'], ['only', 'archived']], archived ? 'only' : '', value => {
        archived = value === 'only';
        keep({archived: value || null});
        return load();
      }));
    const ask = latest();
    const load = async () => {
      const first = await ask(signal => /** @type {Promise<ExperimentPage>} */ (get(['experiments'], question(), signal)));
      if (!first) {
        return;
      }
      replace(list);
      append(first);
      if (first.experiments.length === 0) {
        replace(list, h('li', {class: 'card'}, archived ? note('Nothing is archived.', 'What you archive is kept here and can be restored.') : note(
          'No experiments yet.',
          'An experiment is a question: does dropout help? Its variants are the answers that you try, its runs train them.',
          h('a', {class: 'button main', href: '/ui/new'}, 'Start the first run'))));
      }
    };
    /** @param {ExperimentPage} answer */
    const append = answer => {
      list.append(...answer.experiments.map(found => item(found, archived)));
      replace(more, answer.next && h(
        'button',
        {
          type: 'button',
          onclick: async () => append(await get(['experiments'], {...question(), cursor: answer.next})),
        },
        'Older experiments'));
    };
    replace(main, head, list, more);
    await load();
  },
};
