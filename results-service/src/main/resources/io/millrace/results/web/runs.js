// The list of all runs: filters, sorting, and columns for fields of their requests.

import {Refusal, address, get, latest} from './api.js';
import {keep, parameters} from './curves.js';
import {ago, count, duration, number} from './format.js';
import {withRuns} from './housekeeping.js';
import {Choice, CompareLink, Progress, chosenWith} from './run-table.js';
import {Exports, Note, Problem, Scroll, Segments, StateMark, h, problemOf, render} from './ui.js';
import {valueText} from './variants.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').RunPage} RunPage */
/** @typedef {import('./types').RunSummary} RunSummary */
/** @typedef {import('./types').RunFields} RunFields */
/** @typedef {import('./housekeeping.js').Action} Action */
/** @typedef {Record<string, string | string[] | null>} Filter */

const STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'];
/** The states that are listed by default. Rejected requests never trained, and there may be many. */
const ACCEPTED = STATES.filter(state => state !== 'REJECTED');
const FIELDS = ['q', 'experiment', 'variant', 'state', 'tag', 'where', 'since', 'archived'];
const LIMIT = 50;
const MOST_COLUMNS = 20;
const REST_MS = 250;

/** @type {[string, string, string?][]} the title of a column, its sort key, its class */
const COLUMNS = [
  ['run', '', 'first'],
  ['experiment', ''],
  ['variant', ''],
  ['seed', '', 'num'],
  ['state', ''],
  ['progress', ''],
  ['val loss', 'val_loss', 'num'],
  ['test loss', 'test_loss', 'num'],
  ['test acc', 'test_acc', 'num'],
  ['time', 'seconds', 'num'],
  ['created', 'created_at', 'num'],
];

/** @param {{run: RunSummary, columns: string[], chosen: Set<string>, choose: (run: string, is: boolean) => void}} props */
function Row({run, columns, chosen, choose}) {
  return h(
    'tr',
    {class: run.archived ? 'soft' : null},
    h(Choice, {run: run.run, chosen, choose}),
    h('td', {class: 'first'}, h('a', {class: 'id', href: address(['ui', 'runs', run.run])}, run.run)),
    h('td', {}, run.experiment && h('a', {href: address(['ui', 'experiments', run.experiment])}, run.experiment)),
    h('td', {}, run.variant),
    h('td', {class: 'num'}, run.seed),
    h('td', {}, h(StateMark, {state: run.state, reason: run.reason}), run.archived && h('span', {class: 'tag'}, 'archived')),
    run.state === 'REJECTED' ? h('td', {class: 'reason', title: run.reason}, run.reason) : h('td', {}, h(Progress, {run})),
    h('td', {class: 'num'}, number(run.metrics?.val_loss)),
    h('td', {class: 'num'}, number(run.test?.loss)),
    h('td', {class: 'num'}, number(run.test?.acc)),
    h('td', {class: 'num'}, duration(run.seconds)),
    h('td', {class: 'num'}, ago(run.queued_at ?? run.started_at ?? run.ended_at)),
    columns.map(field => {
      const value = run.values?.[field];
      return h('td', {key: field, class: typeof value === 'number' ? 'num' : null}, value === undefined ? '–' : typeof value === 'number' ? number(value) : valueText(value));
    }));
}

/** Splits conditions at commas. @param {unknown} text @returns {string[]} */
function conditions(text) {
  return [text].flat().flatMap(one => String(one ?? '').split(',')).map(one => one.trim()).filter(Boolean);
}

/**
 * A menu that chooses fields of the requests as columns.
 *
 * @param {{experiment: string | null, columns: string[], onChange: (columns: string[]) => void}} props
 */
function ColumnChoice({experiment, columns, onChange}) {
  const [known, setKnown] = useState(/** @type {RunFields | null} */ (null));
  const [part, setPart] = useState('');
  const [problem, setProblem] = useState('');
  const load = () => {
    get(['runs', 'fields'], {experiment}).then(answer => setKnown(/** @type {RunFields} */ (answer)), e => setProblem(problemOf(e)));
  };
  const names = [...new Set([...columns, ...(known?.fields ?? []).map(one => one.field)])].filter(name => name.includes(part));
  return h(
    'details',
    {class: 'columns', onToggle: (/** @type {any} */ e) => e.currentTarget.open && load()},
    h('summary', {}, columns.length > 0 ? `Columns (${columns.length} from requests)` : 'Columns'),
    h(Problem, {text: problem}),
    h('input', {
      type: 'search', placeholder: 'learning_rate', value: part, 'aria-label': 'Filter the fields',
      onInput: (/** @type {any} */ e) => setPart(e.target.value.trim()),
    }),
    h('ul', {}, names.map(name => h('li', {key: name}, h(
      'label',
      {},
      h('input', {
        type: 'checkbox', checked: columns.includes(name), disabled: !columns.includes(name) && columns.length >= MOST_COLUMNS,
        onChange: (/** @type {any} */ e) => onChange(e.target.checked ? [...columns, name] : columns.filter(one => one !== name)),
      }),
      h('code', {}, name),
      known?.fields.find(one => one.field === name)?.varies === false && h('span', {class: 'soft'}, ' same in all runs'))))));
}

/** @param {{shown: () => void}} props shown: called once everything is loaded */
function RunsPage({shown}) {
  const query = parameters();
  const [filter, setFilter] = useState(() => /** @type {Filter} */ (Object.fromEntries(
    FIELDS.map(name => [name, name === 'where' ? query.getAll(name).join(', ') || null : query.get(name)]))));
  const [columns, setColumns] = useState(() => query.getAll('columns'));
  const [sort, setSort] = useState({by: query.get('sort') ?? 'created_at', order: query.get('order') ?? 'desc'});
  const [answer, setAnswer] = useState(/** @type {RunPage | null} */ (null));
  const [chosen, setChosen] = useState(() => /** @type {Set<string>} */ (new Set()));
  const [problem, setProblem] = useState('');
  const [wrong, setWrong] = useState('');
  const [version, setVersion] = useState(0);
  const newest = useRef(latest());
  const rest = useRef(0);

  const question = {
    ...filter,
    where: conditions(filter.where),
    state: filter.state || ACCEPTED,
    columns,
    sort: sort.by === 'created_at' ? null : sort.by,
    order: sort.order === 'desc' ? null : sort.order,
  };
  useEffect(() => {
    setChosen(new Set());
    newest.current(signal => /** @type {Promise<RunPage>} */ (get(['runs'], {...question, limit: LIMIT, counts: true}, signal))).then(found => {
      if (found) {
        setAnswer(found);
        setProblem('');
        setWrong('');
        shown();
      }
    }, e => {
      setProblem(problemOf(e));
      setWrong(e instanceof Refusal ? (e.field ?? '').replace(/\[.*/, '') : '');
      shown();
    });
  }, [JSON.stringify(question), version]);

  /** @param {string} name @param {string} value @param {number} ms */
  const change = (name, value, ms) => {
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      const kept = value.trim() || null;
      setFilter(before => ({...before, [name]: kept}));
      keep({[name]: name === 'where' ? conditions(kept) : kept});
    }, ms);
  };
  /** @param {string} by */
  const sortBy = by => {
    const order = sort.by === by && sort.order === 'desc' ? 'asc' : 'desc';
    setSort({by, order});
    keep({sort: by === 'created_at' ? null : by, order: order === 'desc' ? null : order});
  };
  const more = async () => {
    try {
      const next = /** @type {RunPage} */ (await get(['runs'], {...question, limit: LIMIT, cursor: answer?.next}));
      setAnswer(before => ({...next, states: before?.states, runs: [...(before?.runs ?? []), ...next.runs]}));
    } catch (e) {
      setProblem(problemOf(e));
    }
  };
  /** @param {Action} action */
  const doAll = async action => {
    const problems = await withRuns(action, [...chosen]);
    if (problems) {
      setVersion(n => n + 1);
      setProblem(problems.join(' '));
    }
  };
  /** @param {string} name @param {string} label @param {Record<string, any>} [attributes] */
  const field = (name, label, attributes = {}) => h(
    'div',
    {class: 'field', key: name},
    h('label', {for: `filter-${name}`}, label),
    h('input', {
      id: `filter-${name}`, type: 'search', defaultValue: filter[name] ?? '', autocomplete: 'off', spellcheck: 'false',
      'aria-invalid': wrong === name ? 'true' : null, onInput: (/** @type {any} */ e) => change(name, e.target.value, REST_MS), ...attributes,
    }));

  const runs = answer?.runs ?? [];
  const states = answer?.states ?? {};
  const accepted = ACCEPTED.reduce((n, state) => n + (states[state] ?? 0), 0);
  /** @type {[string, string][]} */
  const choices = STATES
    .filter(state => states[state] || state === filter.state)
    .map(state => [state, `${state.toLowerCase()} ${count(states[state] ?? 0)}`]);
  const heads = [...COLUMNS, ...columns.map(name => /** @type {[string, string, string?]} */ ([name, name]))];
  return [
    h('div', {class: 'buttons'}, h('h1', {}, 'Runs'), h(Exports, {url: address(['runs'], question)})),
    h(
      'form',
      {class: 'card filters', role: 'search', 'aria-label': 'Filters', onSubmit: (/** @type {Event} */ e) => e.preventDefault()},
      field('q', 'id contains'),
      field('experiment', 'experiment'),
      field('variant', 'variant'),
      h(
        'div',
        {class: 'field'},
        h('label', {for: 'filter-archived'}, 'archived runs'),
        h(
          'select',
          {id: 'filter-archived', onChange: (/** @type {any} */ e) => change('archived', e.target.value, 0)},
          [['', 'hidden'], ['true', 'included'], ['only', 'only']].map(([value, text]) => h(
            'option', {key: value, value, selected: value === (filter.archived ?? '')}, text)))),
      field('tag', 'tag'),
      field('where', 'where', {placeholder: 'val_acc>=0.8, optimizer.type=Adam'}),
      field('since', 'since', {type: 'date'}),
      h(ColumnChoice, {experiment: /** @type {string | null} */ (filter.experiment), columns, onChange: names => {
        setColumns(names);
        keep({columns: names});
      }})),
    h(Problem, {text: problem}),
    h(
      'section',
      {class: 'card', 'aria-label': 'Runs'},
      h('div', {class: 'chips'}, h(Segments, {
        label: 'state',
        choices: [['', `all accepted ${count(accepted)}`], ...choices],
        chosen: String(filter.state ?? ''),
        onChoice: state => change('state', state, 0),
      })),
      chosen.size > 0 && h(
        'div',
        {class: 'buttons chosen', role: 'group', 'aria-label': 'Actions for the chosen runs'},
        h('span', {}, `${chosen.size} chosen`),
        h(CompareLink, {what: 'run', chosen}),
        filter.archived !== 'only' && h('button', {type: 'button', onClick: () => doAll('archive')}, 'Archive'),
        filter.archived && h('button', {type: 'button', onClick: () => doAll('restore')}, 'Restore'),
        h('button', {type: 'button', class: 'danger', onClick: () => doAll('delete')}, 'Delete')),
      h(Scroll, {label: 'Runs'}, h(
        'table',
        {},
        h('caption', {class: 'unseen'}, 'Runs'),
        h('thead', {}, h(
          'tr',
          {},
          h('th', {scope: 'col', class: 'choice'}, h('input', {
            type: 'checkbox', 'aria-label': 'Choose all listed runs', checked: chosen.size > 0,
            onChange: (/** @type {any} */ e) => setChosen(new Set(e.target.checked ? runs.map(run => run.run) : [])),
          })),
          heads.map(([title, by, style]) => h(
            'th',
            {key: title, scope: 'col', class: style, 'aria-sort': by && by === sort.by ? (sort.order === 'desc' ? 'descending' : 'ascending') : null},
            by
              ? h('button', {type: 'button', class: 'link', onClick: () => sortBy(by)}, `${title}${by === sort.by ? (sort.order === 'desc' ? ' ↓' : ' ↑') : ''}`)
              : title === 'progress' && filter.state === 'REJECTED' ? 'reason' : title)))),
        h(
          'tbody',
          {},
          runs.map(run => h(Row, {key: run.run, run, columns, chosen, choose: (name, is) => setChosen(before => chosenWith(before, name, is))})),
          answer && runs.length === 0 && h('tr', {}, h('td', {colspan: heads.length + 1}, h(Nothing, {
            filter, rejected: filter.state ? 0 : states.REJECTED ?? 0, showRejected: () => change('state', 'REJECTED', 0),
          })))))),
      answer?.next && h('div', {class: 'buttons'}, h('button', {type: 'button', onClick: more}, 'More runs'))),
  ];
}

/** The text in place of an empty list. @param {{filter: Filter, rejected: number, showRejected: () => void}} props */
function Nothing({filter, rejected, showRejected}) {
  const show = rejected > 0 && h('button', {type: 'button', onClick: showRejected}, rejected === 1 ? 'Show the rejected request' : `Show ${count(rejected)} rejected requests`);
  if (filter.archived === 'only' && Object.entries(filter).every(([name, value]) => name === 'archived' || !value)) {
    return h(Note, {title: 'No archived runs.'}, 'Runs that you archive are listed here and can be restored.', show);
  }
  return Object.values(filter).some(Boolean)
    ? h(Note, {title: 'No run matches the filters.'}, 'Change the filters above.', show)
    : h(Note, {title: 'No runs yet.'}, show || h('a', {class: 'button main', href: '/ui/new'}, 'Start the first experiment'));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/runs',
  async show(main) {
    document.title = 'Runs · Millrace';
    await new Promise(shown => {
      render(h(RunsPage, {shown: () => shown(null)}), main);
    });
  },
};
