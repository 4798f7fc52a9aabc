// The page for a new experiment: a guide next to the JSON of the request, which the service checks during typing.

import {Refusal, address, fetchOk, get} from './api.js';
import {parameters} from './curves.js';
import {json, plural} from './format.js';
import {Guide} from './guide.js';
import {key, pathAt, pathOf, pathText, placeOf, read} from './json-text.js';
import {Reading} from './reading.js';
import {RequestSchema, isObject} from './request-schema.js';
import {startOf} from './starts.js';
import {Card, Names, announce, h, problemOf, render} from './ui.js';
import {useEffect, useMemo, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./json-text.js').Written} Written */
/** @typedef {import('./json-text.js').Path} Path */
/** @typedef {{at: number, path: Path, message: string}} Fault */
/** @typedef {{title: string, about: string, request: any}} Example */
/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').DatasetView} DatasetView */

const REST_MS = 250;
const DRAFT = 'millrace-draft';

/** @type {[string, string][]} the fields above the JSON: name, input type */
const QUICK = [
  ['experiment', 'text'],
  ['epochs', 'number'],
  ['batch_size', 'number'],
];

/**
 * The initial text of the request. A rejected request keeps its run id, so that the corrected request replaces it.
 *
 * @param {RunView | null} from the run whose request is copied
 * @param {string | null} given part of a request, from the preview page
 * @param {Example[]} examples
 * @param {DatasetView[]} known
 * @returns {string}
 */
function start(from, given, examples, known) {
  if (from) {
    const {run: _, ...request} = from.request ?? {};
    return json(from.state === 'REJECTED' && !makesSeveral(request) ? {run: from.run, ...request} : request);
  }
  if (given) {
    return json(withGiven(given, known) ?? examples[0].request);
  }
  return sessionStorage.getItem(DRAFT) ?? json(examples[0].request);
}

/** @param {string} given @param {DatasetView[]} known @returns {any} null if it is not valid */
function withGiven(given, known) {
  try {
    const {dataset, augmentation} = JSON.parse(given);
    const data = known.find(one => one.dataset === dataset?.name);
    const request = data && startOf(data);
    return request && {
      ...request,
      dataset: {...request.dataset, ...dataset},
      variants: request.variants.map((/** @type {any} */ one) => (one.augmentation ? {...one, augmentation} : one)),
    };
  } catch {
    return null;
  }
}

/** @param {any} request */
function makesSeveral(request) {
  return JSON.stringify(request).includes('"sweep"') || ['seeds', 'variants', 'search'].some(name => name in request);
}

/** The number of runs that a request starts, unless it is one. @param {any} request @param {number} runs at first */
function size(request, runs) {
  if (isObject(request?.search)) {
    return ` It starts ${plural(runs, 'trial')}, and then trains the best settings with other seeds.`;
  }
  if (isObject(request?.seeds)) {
    return ` It starts ${plural(runs, 'run')}, and more until the comparison is decided.`;
  }
  return runs === 1 ? '' : ` It starts ${runs} runs.`;
}

/**
 * Checks a request during typing. Only the newest result counts.
 *
 * @param {string} text
 * @returns {{text: string, runs: number | null, refusal: Refusal | null}} text: the checked text; runs: null if the request is rejected
 */
function useCheck(text) {
  const [checked, setChecked] = useState(/** @type {{text: string, runs: number | null, refusal: Refusal | null}} */ ({text: '', runs: null, refusal: null}));
  useEffect(() => {
    const controller = new AbortController();
    const rest = setTimeout(async () => {
      if (read(text).error) {
        setChecked({text, runs: null, refusal: null});
        return;
      }
      try {
        const response = await fetchOk('/runs/check', {
          method: 'POST',
          headers: {'Content-Type': 'application/json', Accept: 'application/json'},
          body: text,
          signal: controller.signal,
        });
        setChecked({text, runs: (await response.json()).runs.length, refusal: null});
      } catch (e) {
        if (!controller.signal.aborted) {
          setChecked({text, runs: null, refusal: e instanceof Refusal ? e : new Refusal(0, problemOf(e))});
        }
      }
    }, REST_MS);
    return () => {
      clearTimeout(rest);
      controller.abort();
    };
  }, [text]);
  return checked;
}

/** A rejection, and its position in the text. @param {Written} written @param {Refusal} refusal @returns {Fault} */
function faultOf(written, {field, message}) {
  const path = field ? pathOf(field) : [];
  const text = path.length && message.startsWith(pathText(path)) ? message.slice(pathText(path).length).replace(/^:? /, '') : message;
  return {at: placeOf(written, path)[0], path, message: text};
}

/** Describes the field at the cursor. @param {{rules: RequestSchema, written: Written, at: number}} props */
function About({rules, written, at}) {
  const path = pathAt(written, at);
  const found = written.error ? null : rules.about(written.value, path);
  return h(
    Card,
    {title: path.length && found ? pathText(path) : 'The request', label: 'Field at the cursor'},
    h('p', {class: 'hint'}, (path.length > 0 && found?.description) || 'Move the cursor to a field of the JSON to see its description.'),
    path.length > 0 && found?.range && h('p', {class: 'hint'}, found.range),
    found && found.fields.length > 0 && h(
      'p',
      {class: 'hint'},
      'Fields: ',
      found.fields.map((name, i) => [i > 0 ? ', ' : '', h('code', {class: written.places.has(key([...path, name])) ? null : 'soft'}, name)])));
}

/** @param {{from: RunView | null, first: string, examples: Example[], known: DatasetView[], rules: RequestSchema}} props */
function NewPage({from, first, examples, known, rules}) {
  const [text, setText] = useState(first);
  const [refused, setRefused] = useState(() => {
    const refusal = from?.state === 'REJECTED' ? from.rejections.at(-1) : null;
    return refusal ? {text: first, refusal: new Refusal(400, refusal.reason, refusal.field)} : null;
  });
  const [cursor, setCursor] = useState(0);
  const [busy, setBusy] = useState(false);
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const written = useMemo(() => read(text), [text]);
  const checked = useCheck(text);
  const request = written.value;

  useEffect(() => {
    try {
      sessionStorage.setItem(DRAFT, text);
    } catch {
      // Without storage, the draft is lost with the page.
    }
  }, [text]);
  useEffect(() => {
    const look = () => document.activeElement === area.current && setCursor(area.current?.selectionStart ?? 0);
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, []);

  /** @type {Fault[]} */
  const faults = written.error
    ? [{at: written.error.at, path: [], message: written.error.message}]
    : refused?.text === text
      ? [faultOf(written, refused.refusal)]
      : checked.text === text && checked.refusal ? [faultOf(written, checked.refusal)] : [];
  const isChecked = checked.text === text;
  const runs = isChecked ? checked.runs : null;
  /** @param {number} at @returns {number} counted from 0 */
  const lineOf = at => text.slice(0, at).split('\n').length - 1;
  const wrong = new Set(faults.map(fault => lineOf(fault.at)));

  /** @param {(request: any) => any} how */
  const change = how => {
    if (isObject(request)) {
      setText(json(how(request)));
    }
  };
  /** @param {Fault} fault */
  const go = fault => {
    const place = fault.path.length ? placeOf(written, fault.path) : [fault.at, fault.at + 1];
    area.current?.focus();
    area.current?.setSelectionRange(place[0], place[1]);
  };
  /** @param {Event} e */
  const send = async e => {
    e.preventDefault();
    setBusy(true);
    try {
      const response = await fetchOk('/runs', {
        method: 'POST',
        headers: {'Content-Type': 'application/json', Accept: 'application/json'},
        body: text,
      });
      const made = await response.json();
      announce('Submitted');
      sessionStorage.removeItem(DRAFT);
      await follow(made.runs);
    } catch (e2) {
      const refusal = e2 instanceof Refusal ? e2 : new Refusal(0, problemOf(e2));
      setRefused({text, refusal});
      setBusy(false);
      go(faultOf(written, refusal));
    }
  };
  /** Opens the page of the new run, or of its experiment. @param {string[]} made */
  const follow = async made => {
    const last = made[made.length - 1];
    const run = /** @type {RunView} */ (await get(['runs', last]));
    location.assign(made.length === 1 || !run.experiment
      ? address(['ui', 'runs', last])
      : address(['ui', 'experiments', run.experiment]));
  };
  const start = isObject(request?.search) ? 'Start the search' : runs === null || runs === 1 ? 'Start the run' : `Start ${runs} runs`;
  const canStart = !busy && runs !== null && faults.length === 0;

  return [
    h('div', {class: 'head'}, h('h1', {}, h(Names, {text: from ? `Run ${from.run} again, with changes` : 'New experiment'}))),
    h(
      'div',
      {class: 'writing'},
      h(
        'div',
        {class: 'guided'},
        h(Guide, {
          known, request, change, faults, runs: isChecked ? runs : checked.runs,
          start: h('button', {form: 'request-form', disabled: !canStart}, start),
        }),
        h(Card, {title: 'Start from', label: 'Examples'}, h('ul', {class: 'examples'}, examples.map(example => h('li', {key: example.title}, h(
          'button',
          {type: 'button', onClick: () => setText(json(example.request))},
          h('b', {}, example.title),
          h('span', {}, example.about))))))),
      h(
        'form',
        {class: 'side', id: 'request-form', 'aria-label': 'Request', onSubmit: send},
        h(
          'section',
          {class: 'card', 'aria-label': 'The request as JSON'},
          h('h2', {}, 'The request'),
          h('div', {class: 'quick'}, QUICK.map(([name, kind]) => {
            const value = isObject(request) ? request[name] : undefined;
            return h('div', {key: name, class: 'field'}, h('label', {for: `quick-${name}`}, name.replace('_', ' ')), h('input', {
              id: `quick-${name}`, type: kind, min: 1, autocomplete: 'off',
              disabled: !isObject(request) || isObject(value) || Array.isArray(value),
              value: value === undefined || isObject(value) || Array.isArray(value) ? '' : String(value),
              onInput: (/** @type {any} */ e) => change(before => {
                const {[name]: _, ...rest} = before;
                const now = e.target.value;
                return now === '' ? rest : {...before, [name]: kind === 'number' ? Number(now) : now};
              }),
            }));
          })),
          h(Reading, {dataset: request?.dataset, known, faults, set: (name, value) => change(before => {
            const {[name]: _, ...rest} = before.dataset ?? {};
            return {...before, dataset: value === undefined ? rest : {...rest, [name]: value}};
          })}),
          h('label', {for: 'request', class: 'unseen'}, 'JSON of the request'),
          h(
            'div',
            {class: 'editor'},
            h('ol', {class: 'gutter', 'aria-hidden': 'true'}, text.split('\n').map((_, i) => h('li', {key: i, class: wrong.has(i) ? 'wrong' : null}, i + 1))),
            h('textarea', {
              ref: area, id: 'request', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off',
              'aria-describedby': 'verdict', 'aria-invalid': String(faults.length > 0), value: text,
              onInput: (/** @type {any} */ e) => setText(e.target.value),
              onKeyDown: (/** @type {any} */ e) => {
                // Tab leaves the field as usual. Ctrl+Enter submits.
                if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && canStart) {
                  send(e);
                }
              },
            })),
          h('div', {class: 'verdict', id: 'verdict', 'aria-live': 'polite'}, faults.length > 0
            ? h('ul', {}, faults.map(fault => h('li', {key: fault.message, class: 'problem'}, h(
              'button',
              {type: 'button', onClick: () => go(fault)},
              `Line ${lineOf(fault.at) + 1}: `,
              fault.path.length > 0 && h('code', {}, pathText(fault.path)),
              ` ${fault.message}`))))
            : h('p', {class: 'hint'}, runs === null ? 'Checking the request…' : `The request is valid.${size(request, runs)}`)),
          h('div', {class: 'buttons'}, h('button', {class: 'main', disabled: !canStart}, start), h('span', {class: 'hint'}, 'or Ctrl+Enter'))),
        h(About, {rules, written, at: cursor}))),
  ];
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/new',
  async show(main) {
    document.title = 'New experiment · Millrace';
    const from = parameters().get('from');
    const [schema, examples, before, known] = /** @type {[any, Example[], RunView | null, {datasets: DatasetView[]}]} */ (await Promise.all([
      get(['schema', 'training-request']),
      fetchOk('/ui/assets/examples.json').then(r => r.json()),
      from ? get(['runs', from]) : null,
      get(['datasets']),
    ]));
    const first = start(before, parameters().get('start'), examples, known.datasets);
    render(h(NewPage, {from: before, first, examples, known: known.datasets, rules: new RequestSchema(schema)}), main);
  },
};
