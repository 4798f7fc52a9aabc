// All runs, narrowed down and sorted.

import {Refusal, address, get} from './api.js';
import {exports, keep, parameters} from './curve-tools.js';
import {h, note, replace, stateMark} from './dom.js';
import {ago, duration, number} from './format.js';
import {progressOf} from './experiment.js';

/** @typedef {import('./types').RunPage} RunPage */
/** @typedef {import('./types').RunSummary} RunSummary */

const STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'];
const LIMIT = 50;
const REST_MS = 250;

/** @type {[string, string, string?][]} a column's title, what it is sorted by, its class */
const COLUMNS = [
  ['run', ''],
  ['experiment', ''],
  ['variant', ''],
  ['seed', '', 'num'],
  ['state', ''],
  ['progress', ''],
  ['val loss', 'val_loss', 'num'],
  ['test loss', 'test_loss', 'num'],
  ['test acc', 'test_acc', 'num'],
  ['time', 'seconds', 'num'],
  ['made', 'created_at', 'num'],
];

/** @param {RunSummary} run */
function row(run) {
  return h(
    'tr',
    {},
    h('td', {}, h('a', {class: 'id', href: address(['ui', 'runs', run.run])}, run.run)),
    h('td', {}, run.experiment && h('a', {href: address(['ui', 'experiments', run.experiment])}, run.experiment)),
    h('td', {}, run.variant),
    h('td', {class: 'num'}, run.seed),
    h('td', {}, stateMark(run.state, run.reason)),
    h('td', {}, progressOf(run)),
    h('td', {class: 'num'}, number(run.metrics?.val_loss)),
    h('td', {class: 'num'}, number(run.test?.loss)),
    h('td', {class: 'num'}, number(run.test?.acc)),
    h('td', {class: 'num'}, duration(run.seconds)),
    h('td', {class: 'num'}, ago(run.queued_at ?? run.started_at)));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/runs',
  async show(main) {
    document.title = 'Runs · Millrace';
    const FIELDS = ['q', 'experiment', 'variant', 'state', 'tag', 'where', 'since'];
    const asked = parameters();
    /** @type {Record<string, string | string[] | null>} */
    const filter = Object.fromEntries(FIELDS.map(name => [name, asked.get(name)]));
    let sort = asked.get('sort') ?? 'created_at';
    let order = asked.get('order') ?? 'desc';

    const body = h('tbody');
    const headRow = h('tr');
    const more = h('div', {class: 'buttons'});
    const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
    const files = h('span');

    const question = () => ({
      ...filter,
      where: filter.where ? String(filter.where).split(/[,;]/).map(w => w.trim()).filter(Boolean) : null,
      sort: sort === 'created_at' ? null : sort,
      order: order === 'desc' ? null : order,
      limit: LIMIT,
    });
    /** @param {RunPage} answer */
    const append = answer => {
      body.append(...answer.runs.map(row));
      replace(more, answer.next && h(
        'button',
        {type: 'button', onclick: async () => append(await get(['runs'], {...question(), cursor: answer.next}))},
        'More runs'));
    };
    const load = async () => {
      replace(headRow, ...COLUMNS.map(([title, by, style]) => h(
        'th',
        {scope: 'col', class: style, 'aria-sort': by && by === sort ? (order === 'desc' ? 'descending' : 'ascending') : null},
        by
          ? h('button', {
            type: 'button',
            class: 'link',
            onclick: () => {
              order = sort === by && order === 'desc' ? 'asc' : 'desc';
              sort = by;
              keep({sort: sort === 'created_at' ? null : sort, order: order === 'desc' ? null : order});
              load();
            },
          }, `${title}${by === sort ? (order === 'desc' ? ' ↓' : ' ↑') : ''}`)
          : title)));
      replace(files, exports(address(['runs'], {...question(), limit: null})));
      try {
        const answer = /** @type {RunPage} */ (await get(['runs'], question()));
        problem.hidden = true;
        for (const field of FIELDS) {
          document.getElementById(`filter-${field}`)?.removeAttribute('aria-invalid');
        }
        replace(body);
        append(answer);
        if (answer.runs.length === 0) {
          const filtered = Object.values(filter).some(Boolean);
          replace(body, h('tr', {}, h('td', {colspan: COLUMNS.length}, filtered
            ? note('No run is like this.', 'Widen the filters above.')
            : note('No runs yet.', h('a', {class: 'button main', href: '/ui/new'}, 'Start the first run')))));
        }
      } catch (e) {
        if (!(e instanceof Refusal)) {
          throw e;
        }
        problem.textContent = e.message;
        problem.hidden = false;
        document.getElementById(`filter-${e.field?.replace(/\[.*/, '')}`)?.setAttribute('aria-invalid', 'true');
      }
    };

    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let rest;
    /** @param {string} name @param {string} value */
    const change = (name, value) => {
      filter[name] = value.trim() || null;
      clearTimeout(rest);
      rest = setTimeout(() => {
        keep({[name]: value.trim() || null});
        load();
      }, REST_MS);
    };
    /** @param {string} name @param {string} label @param {Record<string, any>} [attributes] */
    const field = (name, label, attributes = {}) => h(
      'div',
      {class: 'field'},
      h('label', {for: `filter-${name}`}, label),
      h('input', {
        id: `filter-${name}`, type: 'search', value: asked.get(name) ?? '', autocomplete: 'off', spellcheck: 'false',
        oninput: (/** @type {any} */ e) => change(name, e.target.value), ...attributes,
      }));

    replace(
      main,
      h('div', {class: 'buttons'}, h('h1', {}, 'Runs'), files),
      h(
        'form',
        {class: 'card filters', role: 'search', 'aria-label': 'Filters', onsubmit: (/** @type {Event} */ e) => e.preventDefault()},
        field('q', 'id has'),
        field('experiment', 'experiment'),
        field('variant', 'variant'),
        h(
          'div',
          {class: 'field'},
          h('label', {for: 'filter-state'}, 'state'),
          h(
            'select',
            {id: 'filter-state', onchange: (/** @type {any} */ e) => change('state', e.target.value)},
            h('option', {value: ''}, 'any'),
            STATES.map(s => h('option', {value: s, selected: s === asked.get('state')}, s.toLowerCase())))),
        field('tag', 'tag'),
        field('where', 'where', {placeholder: 'val_acc>=0.8, seconds<60'}),
        field('since', 'since', {type: 'date'})),
      problem,
      h(
        'section',
        {class: 'card', 'aria-label': 'Runs'},
        h('div', {class: 'scroll'}, h('table', {}, h('caption', {class: 'unseen'}, 'Runs'), h('thead', {}, headRow), body)),
        more));
    await load();
  },
};
