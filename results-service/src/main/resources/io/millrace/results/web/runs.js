// All runs, narrowed down and sorted.

import {Refusal, address, get, latest} from './api.js';
import {exports, keep, parameters} from './curve-tools.js';
import {h, note, replace, segments, stateMark} from './dom.js';
import {ago, count, duration, number} from './format.js';
import {withRuns} from './housekeeping.js';
import {progressOf} from './experiment.js';

/** @typedef {import('./types').RunPage} RunPage */
/** @typedef {import('./types').RunSummary} RunSummary */

const STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'];
/** What is listed unless a state is chosen: a rejected request never trained, and there may be many. */
const ACCEPTED = STATES.filter(state => state !== 'REJECTED');
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

/** @param {RunSummary} run @param {(run: string, chosen: boolean) => void} choose */
function row(run, choose) {
  return h(
    'tr',
    {class: run.archived ? 'soft' : null},
    h('td', {class: 'choice'}, h('input', {
      type: 'checkbox', value: run.run, 'aria-label': `Choose ${run.run}`,
      onchange: (/** @type {any} */ e) => choose(run.run, e.target.checked),
    })),
    h('td', {}, h('a', {class: 'id', href: address(['ui', 'runs', run.run])}, run.run)),
    h('td', {}, run.experiment && h('a', {href: address(['ui', 'experiments', run.experiment])}, run.experiment)),
    h('td', {}, run.variant),
    h('td', {class: 'num'}, run.seed),
    h('td', {}, stateMark(run.state, run.reason), run.archived && h('span', {class: 'tag'}, 'archived')),
    run.state === 'REJECTED' ? h('td', {class: 'reason', title: run.reason}, run.reason) : h('td', {}, progressOf(run)),
    h('td', {class: 'num'}, number(run.metrics?.val_loss)),
    h('td', {class: 'num'}, number(run.test?.loss)),
    h('td', {class: 'num'}, number(run.test?.acc)),
    h('td', {class: 'num'}, duration(run.seconds)),
    h('td', {class: 'num'}, ago(run.queued_at ?? run.started_at ?? run.ended_at)));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/runs',
  async show(main) {
    document.title = 'Runs · Millrace';
    const FIELDS = ['q', 'experiment', 'variant', 'state', 'tag', 'where', 'since', 'archived'];
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
    const chips = h('div', {class: 'chips'});
    const chosenBar = h('div', {class: 'buttons chosen', role: 'group', 'aria-label': 'With the chosen runs', hidden: true});
    /** @type {Set<string>} */
    const chosen = new Set();

    const question = () => ({
      ...filter,
      state: filter.state || ACCEPTED,
      where: filter.where ? String(filter.where).split(/[,;]/).map(w => w.trim()).filter(Boolean) : null,
      sort: sort === 'created_at' ? null : sort,
      order: order === 'desc' ? null : order,
      limit: LIMIT,
    });
    /** @param {RunPage} answer */
    const append = answer => {
      body.append(...answer.runs.map(run => row(run, choose)));
      replace(more, answer.next && h(
        'button',
        {type: 'button', onclick: async () => append(await get(['runs'], {...question(), cursor: answer.next}))},
        'More runs'));
    };
    /** @param {string} run @param {boolean} is */
    const choose = (run, is) => {
      if (is) {
        chosen.add(run);
      } else {
        chosen.delete(run);
      }
      showChosen();
    };
    const showChosen = () => {
      chosenBar.hidden = chosen.size === 0;
      const all = /** @type {HTMLInputElement | null} */ (document.getElementById('choose-all'));
      if (all) {
        all.checked = chosen.size > 0;
      }
      replace(
        chosenBar,
        h('span', {}, `${chosen.size} chosen`),
        filter.archived !== 'only' && deed('archive', 'Archive'),
        filter.archived && deed('restore', 'Restore'),
        deed('delete', 'Delete'));
    };
    /** @param {import('./housekeeping.js').Deed} what @param {string} label */
    const deed = (what, label) => h('button', {
      type: 'button',
      class: what === 'delete' ? 'danger' : null,
      onclick: async () => {
        const problems = await withRuns(what, [...chosen]);
        if (problems) {
          await load();
          problem.textContent = problems.join(' ');
          problem.hidden = problems.length === 0;
        }
      },
    }, label);
    /** @param {boolean} are */
    const chooseAll = are => {
      for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (body.querySelectorAll('.choice input'))) {
        box.checked = are;
        choose(box.value, are);
      }
    };
    /** @param {Record<string, number>} states how many runs are in each */
    const showStates = states => {
      const accepted = ACCEPTED.reduce((n, state) => n + (states[state] ?? 0), 0);
      /** @type {[string, string][]} */
      const choices = STATES
        .filter(state => states[state] || state === filter.state)
        .map(state => [state, `${state.toLowerCase()} ${count(states[state] ?? 0)}`]);
      replace(chips, segments('state', [['', `all accepted ${count(accepted)}`], ...choices], String(filter.state ?? ''), state => {
        filter.state = state || null;
        keep({state: state || null});
        load();
      }));
    };
    /** @param {RunPage} answer what is said where no run is listed */
    const nothing = answer => {
      const rejected = filter.state ? 0 : answer.states?.REJECTED ?? 0;
      const show = rejected > 0 && h('button', {
        type: 'button',
        onclick: () => {
          filter.state = 'REJECTED';
          keep({state: 'REJECTED'});
          load();
        },
      }, rejected === 1 ? 'Show the rejected request' : `Show ${count(rejected)} rejected requests`);
      if (filter.archived === 'only' && Object.entries(filter).every(([name, value]) => name === 'archived' || !value)) {
        return note('Nothing is archived.', 'What you archive is kept here and can be restored.', show);
      }
      return Object.values(filter).some(Boolean)
        ? note('No run is like this.', 'Widen the filters above.', show)
        : note('No runs yet.', show || h('a', {class: 'button main', href: '/ui/new'}, 'Start the first run'));
    };
    const ask = latest();
    const load = async () => {
      chosen.clear();
      showChosen();
      replace(headRow, h('th', {scope: 'col', class: 'choice'}, h('input', {
        type: 'checkbox', id: 'choose-all', 'aria-label': 'Choose all that are listed',
        onchange: (/** @type {any} */ e) => chooseAll(e.target.checked),
      })), ...COLUMNS.map(([title, by, style]) => h(
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
          : title === 'progress' && filter.state === 'REJECTED' ? 'reason' : title)));
      replace(files, exports(address(['runs'], {...question(), limit: null})));
      try {
        const answer = await ask(signal => /** @type {Promise<RunPage>} */ (get(['runs'], {...question(), counts: true}, signal)));
        if (!answer) {
          return;
        }
        showStates(answer.states ?? {});
        problem.hidden = true;
        for (const field of FIELDS) {
          document.getElementById(`filter-${field}`)?.removeAttribute('aria-invalid');
        }
        replace(body);
        append(answer);
        if (answer.runs.length === 0) {
          replace(body, h('tr', {}, h('td', {colspan: COLUMNS.length + 1}, nothing(answer))));
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
          h('label', {for: 'filter-archived'}, 'archived runs'),
          h(
            'select',
            {id: 'filter-archived', onchange: (/** @type {any} */ e) => change('archived', e.target.value)},
            [['', 'hidden'], ['true', 'shown too'], ['only', 'alone']].map(([value, text]) => h(
              'option', {value, selected: value === (asked.get('archived') ?? '')}, text)))),
        field('tag', 'tag'),
        field('where', 'where', {placeholder: 'val_acc>=0.8, seconds<60'}),
        field('since', 'since', {type: 'date'})),
      problem,
      h(
        'section',
        {class: 'card', 'aria-label': 'Runs'},
        chips,
        chosenBar,
        h('div', {class: 'scroll'}, h('table', {}, h('caption', {class: 'unseen'}, 'Runs'), h('thead', {}, headRow), body)),
        more));
    await load();
  },
};
