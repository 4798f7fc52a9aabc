// The list of all experiments with their answers.

import {address, get, latest} from './api.js';
import {Sparkline} from './chart.js';
import {keep, parameters} from './curves.js';
import {ago, count, plural, runsInWords} from './format.js';
import {Answer, Note, Problem, Segments, h, problemOf, render} from './ui.js';
import {useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentPage} ExperimentPage */
/** @typedef {import('./types').ExperimentSummary} ExperimentSummary */

const PAGE = 50;

/** @param {{found: ExperimentSummary, archived: boolean}} props archived: whether archived runs are shown */
function Item({found, archived}) {
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
      h('p', {class: 'line'}, h(Answer, {text: found.answer})),
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
      h(Sparkline, {values: spark ? (found.sparkline ?? []) : []}),
      h('figcaption', {}, spark && found.best_variant ? `loss of ${found.best_variant}` : '\u00a0')));
}

/** @param {boolean} archived */
function question(archived) {
  return {limit: PAGE, archived: archived ? 'only' : null};
}

/** @param {{first: ExperimentPage, archived: boolean}} props */
function ExperimentsPage({first, archived: before}) {
  const [found, setFound] = useState(first.experiments);
  const [next, setNext] = useState(first.next);
  const [archived, setArchived] = useState(before);
  const [problem, setProblem] = useState('');
  const newest = useRef(latest());
  /** @param {boolean} only @param {string} [cursor] */
  const load = async (only, cursor) => {
    try {
      const answer = await newest.current(signal => /** @type {Promise<ExperimentPage>} */ (get(['experiments'], {...question(only), cursor}, signal)));
      if (answer) {
        setFound(cursor ? [...found, ...answer.experiments] : answer.experiments);
        setNext(answer.next);
        setProblem('');
      }
    } catch (e) {
      setProblem(problemOf(e));
    }
  };
  return [
    h(
      'div',
      {class: 'buttons'},
      h('h1', {}, 'Experiments'),
      h(Segments, {label: 'which experiments', choices: [['', 'current'], ['only', 'archived']], chosen: archived ? 'only' : '', onChoice: value => {
        setArchived(value === 'only');
        keep({archived: value || null});
        load(value === 'only');
      }})),
    h(Problem, {text: problem}),
    h(
      'ul',
      {class: 'list'},
      found.map(one => h(Item, {key: one.experiment, found: one, archived})),
      found.length === 0 && h('li', {class: 'card'}, archived
        ? h(Note, {title: 'No archived experiments.'}, 'Experiments that you archive are listed here and can be restored.')
        : h(
          Note,
          {title: 'No experiments yet.'},
          'An experiment asks a question, such as: does dropout help? It compares variants, which differ in their settings. Each run trains one variant.',
          h('a', {class: 'button main', href: '/ui/new'}, 'Start the first experiment')))),
    next && h('div', {class: 'buttons'}, h('button', {type: 'button', onClick: () => load(archived, next)}, 'Older experiments')),
  ];
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main) {
    document.title = 'Experiments · Millrace';
    const archived = parameters().get('archived') === 'only';
    const first = /** @type {ExperimentPage} */ (await get(['experiments'], question(archived)));
    render(h(ExperimentsPage, {first, archived}), main);
  },
};
