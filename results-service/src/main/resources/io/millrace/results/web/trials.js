// The trials of a search: the progress and the result of each, and the cost of the search.

import {address} from './api.js';
import {number, plural} from './format.js';
import {Head, Scroll, h} from './ui.js';

/** @typedef {import('./types').Search} Search */
/** @typedef {import('./types').Trial} Trial */

/** The trials, sorted by epochs, then by value with the best first. @param {{search: Search}} props */
export function TrialTable({search}) {
  const sign = search.higher_is_better ? -1 : 1;
  /** @param {Trial} t */
  const rank = t => t.value === undefined ? Infinity : sign * t.value;
  const trials = [...search.trials].sort((a, b) => b.epochs - a.epochs || rank(a) - rank(b) || a.trial - b.trial);
  const paths = Object.keys(search.trials[0]?.values ?? {});
  return h(Scroll, {label: 'Trials'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, `The trials by ${search.metric}`),
    h(Head, {columns: [
      ['trial', {class: 'first'}],
      ...paths.map(path => /** @type {[string, any]} */ ([
        path.split('.').slice(-1)[0],
        {title: path, class: search.trials.every(t => typeof t.values[path] === 'number') ? 'num' : ''},
      ])),
      ['epochs', {class: 'num', title: 'epochs of the highest rung reached'}],
      [search.metric.replace('_', ' '), {class: 'num', title: 'at the end of the highest rung with a value'}],
      'state',
    ]}),
    h('tbody', {}, trials.map(t => h(
      'tr',
      {key: t.trial},
      h('td', {class: 'first'}, t.run ? h('a', {class: 'id', href: address(['ui', 'runs', t.run])}, t.run) : t.trial),
      paths.map(path => h('td', {class: typeof t.values[path] === 'number' ? 'num' : ''}, typeof t.values[path] === 'number' ? number(t.values[path]) : String(t.values[path]))),
      h('td', {class: 'num'}, t.epochs || ''),
      h('td', {class: 'num'}, number(t.value)),
      h('td', {class: t.stopped ? 'soft' : ''}, search.finalists?.includes(t.variant) && [h('span', {class: 'tag'}, 'finalist'), ' '], t.stopped ?? t.status))))));
}

/** Describes a search: strategy, cost, finalists, end. @param {Search} search */
export function searchInWords(search) {
  return [
    `${search.strategy.replace('_', ' ')} by ${search.metric}`,
    `, ${search.epochs_spent} of ${plural(search.epochs_in_full, 'epoch')} spent`,
    search.finalists && `, ${plural(search.finalists.length, 'finalist')} with ${plural(search.seeds, 'other seed')} each`,
    search.end_reason && search.end_reason !== 'finished' && `, ended: ${search.end_reason}`,
  ].filter(Boolean).join('');
}
