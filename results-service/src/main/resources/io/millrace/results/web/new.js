// A new run: its request's JSON, checked as one types, with examples to start from.

import {Refusal, address, ask, get} from './api.js';
import {parameters} from './curves.js';
import {announce, h, replace} from './dom.js';
import {count, json, plural} from './format.js';
import {key, pathAt, pathOf, pathText, placeOf, read} from './json-text.js';
import {kindOf, OF_A_FILE, Reading} from './reading.js';
import {RequestSchema, isObject, runsOf} from './request-schema.js';

/** @typedef {import('./json-text.js').Written} Written */
/** @typedef {import('./json-text.js').Path} Path */
/** @typedef {{at: number, path: Path, message: string}} Fault */
/** @typedef {{title: string, about: string, request: any}} Example */
/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').DatasetView} DatasetView */

const REST_MS = 150;
const DRAFT = 'millrace-draft';

/** @type {[string, string, string][]} the fields beside the JSON: name, label, kind */
const QUICK = [
  ['experiment', 'experiment', 'text'],
  ['variant', 'variant', 'text'],
  ['seeds', 'seeds', 'number'],
  ['epochs', 'epochs', 'number'],
];

/**
 * What is written at first. A rejected request keeps its id: mended, it takes the place of the rejected one.
 *
 * @param {RunView | null} from the run whose request is the start
 * @param {Example[]} examples
 * @returns {string}
 */
function start(from, examples) {
  if (from) {
    const {run: _, ...request} = from.request ?? {};
    return json(from.state === 'REJECTED' && runsOf(request) === 1 ? {run: from.run, ...request} : request);
  }
  return sessionStorage.getItem(DRAFT) ?? json(examples[0].request);
}

/** What it makes, where it makes several runs. @param {any} request @param {number} runs at first @returns {string} */
function size(request, runs) {
  if (isObject(request?.search)) {
    return ` It makes ${plural(runs, 'trial')}, and runs the best again with other seeds.`;
  }
  if (isObject(request?.seeds)) {
    return ` It makes ${plural(runs, 'run')} at first, and more until it is decided.`;
  }
  return runs === 1 ? '' : ` It makes ${runs} runs.`;
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/new',
  async show(main) {
    document.title = 'New run · Millrace';
    const from = parameters().get('from');
    const [schema, examples, before, known] = /** @type {[any, Example[], RunView | null, {datasets: DatasetView[]}]} */ (await Promise.all([
      get(['schema', 'training-request']),
      ask('/ui/assets/examples.json').then(r => r.json()),
      from ? get(['runs', from]) : null,
      get(['datasets']),
    ]));
    const rules = new RequestSchema(schema);
    /** @type {Written} */
    let written = {places: new Map()};
    /** @type {Fault[]} what the service has found, until the text changes */
    let refused = [];

    const text = h('textarea', {
      id: 'request', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off',
      'aria-describedby': 'verdict',
    });
    text.value = start(before, examples);
    const gutter = h('ol', {class: 'gutter', 'aria-hidden': 'true'});
    const verdict = h('div', {class: 'verdict', id: 'verdict', 'aria-live': 'polite'});
    const about = h('section', {class: 'card', 'aria-label': 'The field at the cursor'});
    const submit = h('button', {class: 'main'}, 'Start the run');

    /** @type {Map<string, HTMLInputElement>} */
    const quick = new Map(QUICK.map(([name, label, kind]) => [name, h('input', {
      id: `quick-${name}`, type: kind, min: 1, autocomplete: 'off', 'aria-label': label,
      oninput: () => set(name),
    })]));
    /** @param {string} name takes a field's value into the JSON */
    const set = name => {
      const request = written.value;
      const value = quick.get(name)?.value ?? '';
      if (!isObject(request)) {
        return;
      }
      if (name === 'seeds') {
        delete request.seeds;
        if (Number(value) > 1) {
          delete request.seed;
          request.seeds = Number(value);
        }
      } else if (value === '') {
        delete request[name];
      } else {
        request[name] = name === 'epochs' ? Number(value) : value;
      }
      text.value = json(request);
      changed();
    };
    const reading = new Reading((name, value) => {
      const dataset = written.value?.dataset;
      if (!isObject(dataset)) {
        return;
      }
      if (value === undefined) {
        delete dataset[name];
      } else {
        dataset[name] = value;
      }
      text.value = json(written.value);
      changed();
    });
    const fillQuick = () => {
      for (const [name, input] of quick) {
        const value = written.value?.[name];
        input.disabled = !isObject(written.value) || isObject(value) || Array.isArray(value);
        if (document.activeElement !== input) {
          input.value = value === undefined ? (name === 'seeds' ? '1' : '') : isObject(value) || Array.isArray(value) ? '' : String(value);
        }
      }
    };

    /** @param {number} at @returns {number} counted from 0 */
    const lineOf = at => text.value.slice(0, at).split('\n').length - 1;

    /** @returns {Fault[]} */
    const faults = () => {
      if (written.error) {
        return [{at: written.error.at, path: [], message: written.error.message}];
      }
      const own = rules.complaints(written.value).map(({path, message}) => ({at: placeOf(written, path)[0], path, message}));
      return [...refused, ...own];
    };
    const check = () => {
      written = read(text.value);
      const found = faults();
      const wrong = new Set(found.map(f => lineOf(f.at)));
      const lines = text.value.split('\n').length;
      replace(gutter, ...Array.from({length: lines}, (_, i) => h('li', {class: wrong.has(i) ? 'wrong' : null}, i + 1)));
      text.setAttribute('aria-invalid', String(found.length > 0));
      const runs = runsOf(written.value);
      submit.textContent = isObject(written.value?.search) ? 'Start the search' : runs === 1 ? 'Start the run' : `Start ${runs} runs`;
      submit.disabled = found.length > refused.length;
      replace(verdict, found.length === 0
        ? h('p', {class: 'hint'}, `Nothing is wrong with it, as far as the schema can tell.${size(written.value, runs)}`)
        : h('ul', {}, found.map(fault => h(
          'li',
          {class: 'problem'},
          h(
            'button',
            {type: 'button', onclick: () => go(fault)},
            `Line ${lineOf(fault.at) + 1}: `,
            fault.path.length > 0 && h('code', {}, pathText(fault.path)),
            ` ${fault.message}`)))));
      fillQuick();
      reading.fill(written.value?.dataset, known.datasets, found);
      explain();
    };
    /** @param {Fault} fault */
    const go = fault => {
      const place = fault.path.length ? placeOf(written, fault.path) : [fault.at, fault.at + 1];
      text.focus();
      text.setSelectionRange(place[0], place[1]);
    };
    const explain = () => {
      const path = pathAt(written, text.selectionStart);
      const found = written.error ? null : rules.about(written.value, path);
      replace(
        about,
        h('h2', {}, path.length && found ? h('code', {}, pathText(path)) : 'The request'),
        h('p', {class: 'hint'}, (path.length > 0 && found?.description) || 'Put the cursor on a field to read what it means.'),
        path.length > 0 && found?.range && h('p', {class: 'hint'}, found.range),
        found && found.fields.length > 0 && h(
          'p',
          {class: 'hint'},
          'Fields: ',
          found.fields.map((name, i) => [i > 0 ? ', ' : '', h('code', {class: written.places.has(key([...path, name])) ? null : 'soft'}, name)]).flat()));
    };
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let rest;
    const changed = () => {
      refused = [];
      try {
        sessionStorage.setItem(DRAFT, text.value);
      } catch {
        // Then it is lost with the page.
      }
      clearTimeout(rest);
      rest = setTimeout(check, REST_MS);
    };

    /** @param {Event} e */
    const send = async e => {
      e.preventDefault();
      submit.disabled = true;
      try {
        const response = await ask('/runs', {
          method: 'POST',
          headers: {'Content-Type': 'application/json', Accept: 'application/json'},
          body: text.value,
        });
        const made = await response.json();
        announce('Submitted');
        sessionStorage.removeItem(DRAFT);
        await follow(made.runs);
      } catch (refusal) {
        refuse(refusal instanceof Refusal ? refusal.field : undefined, refusal instanceof Error ? refusal.message : String(refusal));
        go(refused[0]);
      }
    };
    /** Shows what the service has said, at its line. @param {string | undefined} field @param {string} said */
    const refuse = (field, said) => {
      const path = field ? pathOf(field) : [];
      const message = path.length && said.startsWith(pathText(path)) ? said.slice(pathText(path).length).replace(/^:? /, '') : said;
      refused = [{at: placeOf(written, path)[0], path, message}];
      check();
    };
    /** Who was told yes finds the run. @param {string[]} runs */
    const follow = async runs => {
      const last = runs[runs.length - 1];
      const known = /** @type {RunView} */ (await get(['runs', last]));
      location.assign(runs.length === 1 || !known.experiment
        ? address(['ui', 'runs', last])
        : address(['ui', 'experiments', known.experiment]));
    };

    /** @param {DatasetView} dataset */
    const columnsOf = dataset => [...dataset.columns ?? [], ...dataset.text_columns ?? []];
    /** @param {DatasetView} dataset takes it into the JSON, with what the request says of its split */
    const choose = dataset => {
      const request = written.value;
      if (!isObject(request)) {
        return;
      }
      const before = isObject(request.dataset) ? request.dataset : {};
      const columns = dataset.columns ?? [];
      const all = columnsOf(dataset);
      const isOfTable = kindOf(before) !== 'images';
      const {classes: _classes, column, columns: seen, target, label, features, categorical, ...rest} = isOfTable === (dataset.kind === 'series') ? before : {};
      const kept = Object.fromEntries(Object.entries(rest).filter(([name]) => !OF_A_FILE.includes(name)));
      if (dataset.kind !== 'series') {
        request.dataset = {...kept, name: dataset.dataset};
      } else if (kindOf(before) === 'rows') {
        request.dataset = {...kept, name: dataset.dataset, target: all.includes(target) ? target : all[all.length - 1]};
      } else {
        request.dataset = {...kept, name: dataset.dataset, column: columns.includes(column) ? column : columns[0]};
      }
      text.value = json(request);
      changed();
      check();
    };
    /** @param {DatasetView} dataset */
    const summary = dataset => dataset.usable
      ? dataset.kind === 'series'
        ? `table, ${plural(dataset.samples ?? 0, 'row')}: ${columnsOf(dataset).slice(0, 5).join(', ')}${columnsOf(dataset).length > 5 ? ', …' : ''}`
        : `images, ${count(dataset.samples ?? 0)} ${dataset.classes ? `in ${plural(dataset.classes.length, 'class', 'classes')}` : 'with a number each'}, ${(dataset.sample_shape ?? []).join(' × ')}`
      : dataset.problem;

    text.addEventListener('input', changed);
    document.addEventListener('selectionchange', () => {
      if (document.activeElement === text) {
        explain();
      }
    });
    text.addEventListener('keydown', e => {
      // Tab leaves the field, as anywhere; Control and Enter sends.
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !submit.disabled) {
        send(e);
      }
    });

    replace(
      main,
      h('div', {class: 'head'}, h('h1', {}, from ? `Run ${from} again, with changes` : 'New run')),
      h(
        'div',
        {class: 'writing'},
        h(
          'form',
          {class: 'card', 'aria-label': 'Request', onsubmit: send},
          h('div', {class: 'quick'}, QUICK.map(([name, label]) => h(
            'div', {class: 'field'}, h('label', {for: `quick-${name}`}, label), quick.get(name)))),
          reading.fold,
          h('label', {for: 'request', class: 'unseen'}, 'JSON of the request'),
          h('div', {class: 'editor'}, gutter, text),
          verdict,
          h('div', {class: 'buttons'}, submit, h('span', {class: 'hint'}, 'or Control and Enter'))),
        h(
          'div',
          {class: 'side'},
          h(
            'section',
            {class: 'card', 'aria-label': 'Examples'},
            h('header', {}, h('h2', {}, 'Start from')),
            h('ul', {class: 'examples'}, examples.map(example => h('li', {}, h(
              'button',
              {
                type: 'button',
                onclick: () => {
                  text.value = json(example.request);
                  changed();
                  check();
                },
              },
              h('b', {}, example.title),
              h('span', {}, example.about)))))),
          known.datasets.length > 0 && h(
            'section',
            {class: 'card', 'aria-label': 'Data sets'},
            h('header', {}, h('h2', {}, 'Data sets')),
            h('ul', {class: 'examples'}, known.datasets.map(dataset => h('li', {}, h(
              'button',
              {type: 'button', disabled: !dataset.usable, onclick: () => choose(dataset)},
              h('b', {}, dataset.dataset),
              h('span', {}, summary(dataset))))))),
          about)));
    check();
    const refusal = before?.state === 'REJECTED' ? before.rejections.at(-1) : null;
    if (refusal) {
      refuse(refusal.field, refusal.reason);
    }
  },
};
