// The page on which users try augmentations before training. The URL fragment holds its state.

import {address, get} from './api.js';
import {Augmentation, FaultText, Field, Fields, faultAttributes, place, useFold} from './augmentation.js';
import {DATASET, SHOWN, applySchema, toBegin} from './augmentation-options.js';
import {parameters} from './curves.js';
import {count, json, plural} from './format.js';
import {read} from './json-text.js';
import {PreviewSheet, faultOf} from './preview-sheet.js';
import {kindOf} from './reading.js';
import {isObject} from './request-schema.js';
import {Card, Copy, Problem, h, render} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./augmentation.js').Fault} Fault */
/** @typedef {import('./augmentation.js').Placed} Placed */
/** @typedef {import('./augmentation-options.js').Option} Option */

/** @typedef {Record<string, any>} Preview a preview request: part of a training request, and the options of the sheet */

const BUILT_IN = 'fashion-mnist';
const MOST_CLASSES = 100;
const REST_MS = 100;
const WIDE = '(min-width: 60rem)';
const PHONE = '(max-width: 40rem)';

/** The longest URL that the service accepts, in characters. */
const MOST_OF_ADDRESS = 4000;

/** @type {Option} */
const SEED = {kind: 'number', name: 'seed', min: 0, max: 100, step: 1, default: 0};

const OWN = SHOWN.map(option => option.name);

/** @param {Preview} preview @param {boolean} own true: the options of the sheet; false: the part of a training request */
function part(preview, own) {
  return Object.fromEntries(Object.entries(preview).filter(([name]) => OWN.includes(name) === own));
}

/** @param {unknown} value */
const asObject = value => (isObject(value) ? /** @type {Record<string, any>} */ (value) : {});

/** The initial data set of a request. @param {string} name @param {DatasetView | undefined} known */
function datasetOf(name, known) {
  return known?.kind === 'series' && known.columns?.length ? {name, column: known.columns[0]} : {name};
}

/** Adds the column that a series needs, because a URL may lack it. @param {Record<string, any>} dataset @param {DatasetView[]} known */
function complete(dataset, known) {
  const found = known.find(each => each.dataset === dataset.name);
  return found && Object.keys(dataset).length === 1 ? datasetOf(dataset.name, found) : dataset;
}

/** The initial state, if the URL has none. @param {DatasetView[]} known @returns {Preview} */
function beginning(known) {
  const first = known.find(each => each.dataset === BUILT_IN) ?? known[0];
  const dataset = datasetOf(first?.dataset ?? BUILT_IN, first);
  return {dataset, augmentation: toBegin(first?.kind ?? 'images'), ...(matchMedia(PHONE).matches ? {variants: 3} : {})};
}

/** @param {DatasetView[]} known @returns {Preview | null} null if the fragment has none */
function ofAddress(known) {
  try {
    const written = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    const {dataset, variants} = beginning(known);
    return isObject(written)
      ? {dataset, ...(variants ? {variants} : {}), ...written, ...(isObject(written.dataset) ? {dataset: complete(written.dataset, known)} : {})}
      : null;
  } catch {
    return null;
  }
}

/** @param {string} run @returns {Promise<Preview>} the part of its request that a preview uses */
async function ofRun(run) {
  const {request} = /** @type {RunView} */ (await get(['runs', run]));
  if (!isObject(request?.dataset)) {
    throw new Error(`the request of ${run} is not available`);
  }
  const {dataset, augmentation = {}, seed = 0} = /** @type {Preview} */ (request);
  return {dataset, augmentation, seed};
}

/** Describes a data set. @param {DatasetView} known */
function summary(known) {
  const samples = count(known.samples ?? 0);
  return known.kind === 'series'
    ? `${samples} rows${known.from ? `, ${known.from} to ${known.to}` : ''}. Each row of the sheet shows a window and its augmented versions.`
    : `${samples} images (first image: ${(known.sample_shape ?? []).join(' × ')})${known.classes ? `, ${plural(known.classes.length, 'class', 'classes')}` : ''}.`;
}

/** @param {{known: string[], dataset: Record<string, any>, onDataset: (dataset: Record<string, any>) => void, at: Placed | null}} props */
function Classes({known, dataset, onDataset, at}) {
  const fold = useFold(at?.path === 'dataset.classes');
  const chosen = Array.isArray(dataset.classes) ? dataset.classes : known;
  /** @param {string} name @param {boolean} isChosen */
  const choose = (name, isChosen) => {
    const now = known.filter(each => (each === name ? isChosen : chosen.includes(each)));
    const {classes: _, ...rest} = dataset;
    onDataset(now.length === known.length ? rest : {...rest, classes: now});
  };
  return h(
    'details',
    {ref: fold, class: 'classes', 'data-path': 'dataset.classes'},
    h('summary', {}, 'Classes'),
    h('div', {class: 'class-list', role: 'group', 'aria-label': 'Classes'}, known.map(name => h(
      'label',
      {key: name},
      h('input', {
        type: 'checkbox',
        checked: chosen.includes(name),
        ...faultAttributes(at, 'dataset.classes'),
        onChange: (/** @type {any} */ e) => choose(name, e.target.checked),
      }),
      ` ${name}`))),
    h(FaultText, {at, path: 'dataset.classes'}));
}

/** Loads the data set, the augmentation and the seed of a run. @param {{first: string, onTaken: (request: Preview) => void, at: Placed | null, onFault: (fault: Fault | null) => void}} props */
function FromRun({first, onTaken, at, onFault}) {
  const [run, setRun] = useState(first);
  /** @param {Event} e */
  const take = async e => {
    e.preventDefault();
    try {
      onTaken(await ofRun(run.trim()));
      onFault(null);
    } catch (refusal) {
      onFault({field: 'run', message: faultOf(refusal).message.replace(/^run: /, '')});
    }
  };
  return h(
    'form',
    {class: 'option from-run', 'data-path': 'run', onSubmit: take},
    h('span', {class: 'option-name'}, h('label', {for: 'run'}, 'from a run')),
    h('input', {
      id: 'run', type: 'text', spellcheck: false, autocomplete: 'off', required: true, placeholder: 'run id', value: run,
      ...faultAttributes(at, 'run'),
      onInput: (/** @type {any} */ e) => setRun(e.target.value),
    }),
    h('button', {}, 'Load run'),
    h(FaultText, {at, path: 'run'}));
}

/** Whether a media query matches; it follows changes. @param {string} query */
function useMedia(query) {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const look = () => setMatches(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, [query]);
  return matches;
}

/** @param {{known: DatasetView[], first: Preview, run: string, refused: Fault | null}} props */
function PreviewPage({known, first, run, refused}) {
  const [preview, setPreview] = useState(first);
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  const [sheetFault, setSheetFault] = useState(/** @type {Fault | null} */ (null));
  const [runFault, setRunFault] = useState(refused);
  const isWide = useMedia(WIDE);

  useEffect(() => {
    // Browsers limit how often a page may change its URL.
    const rest = setTimeout(() => history.replaceState(null, '', `#${encodeURIComponent(JSON.stringify(preview))}`), REST_MS);
    return () => clearTimeout(rest);
  }, [preview]);
  useEffect(() => {
    const again = () => {
      setDraft(null);
      setPreview(before => ofAddress(known) ?? before);
    };
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);

  /** @param {Preview} changes */
  const change = changes => {
    setDraft(null);
    setPreview(before => ({...before, ...changes}));
  };
  const request = part(preview, false);
  const dataset = asObject(request.dataset);
  const kind = kindOf(dataset);
  const facts = known.find(each => each.dataset === dataset.name);
  const classes = kind === 'images' && facts?.classes && facts.classes.length <= MOST_CLASSES ? facts.classes : null;
  const column = kind === 'series' && facts?.columns && dataset.columns === undefined
    ? [/** @type {Option} */ ({kind: 'choice', name: 'column', values: facts.columns})]
    : [];
  const ofDataset = kind === 'images' ? DATASET : column;

  const written = draft === null ? null : read(draft);
  const textFault = written?.error
    ? {field: 'json', message: `The text is not valid JSON: ${written.error.message}`}
    : written && !isObject(written.value) ? {field: 'json', message: 'The text is not a JSON object.'} : null;
  const fault = textFault ?? sheetFault;
  const ofAugmentation = kind !== 'rows' && /^augmentation(\.|$)/.test(fault?.field ?? '');
  const paths = ['dataset.name', ...ofDataset.map(option => `dataset.${option.name}`), ...(classes ? ['dataset.classes'] : []), 'seed', ...OWN];
  const atField = ofAugmentation ? null : place(fault, paths);
  // Errors without a control are shown at the JSON.
  const atJson = ofAugmentation || atField || !fault?.field
    ? null
    : {path: 'json', text: fault.field === 'json' ? fault.message : `${fault.field}: ${fault.message}`};

  /** @param {string} name */
  const choose = name => {
    const found = known.find(each => each.dataset === name);
    const chosen = datasetOf(name, found);
    change({dataset: chosen, ...(kindOf(chosen) === kind ? {} : {augmentation: toBegin(found?.kind ?? 'images')})});
  };
  /** @param {string} text */
  const write = text => {
    setDraft(text);
    const {value, error} = read(text);
    if (!error && isObject(value)) {
      setPreview(before => ({...part(before, true), ...value}));
    }
  };
  const text = json(request);
  const start = address(['ui', 'new'], {start: JSON.stringify({dataset: request.dataset, augmentation: request.augmentation ?? {}})});

  const editor = h(
    Card,
    {key: 'json', title: 'JSON for a training request', class: 'preview-json'},
    h('textarea', {
      id: 'preview-json',
      rows: 8,
      spellcheck: false,
      autocomplete: 'off',
      value: draft ?? text,
      'aria-label': 'JSON for a training request',
      ...faultAttributes(atJson, 'json'),
      onInput: (/** @type {any} */ e) => write(e.target.value),
      onBlur: () => !textFault && setDraft(null),
    }),
    h(FaultText, {at: atJson, path: 'json'}),
    h(
      'div',
      {class: 'buttons'},
      start.length <= MOST_OF_ADDRESS
        ? h('a', {class: 'button main', href: start}, 'Use in a new experiment')
        : h('span', {class: 'hint'}, 'This augmentation is too long for a link. Copy the JSON instead.'),
      h(Copy, {text}),
      h('button', {type: 'button', onClick: () => change({augmentation: {}})}, 'No augmentation')));
  return [
    h(
      'div',
      {class: 'head'},
      h('h1', {}, 'Augmentation preview'),
      h('p', {class: 'hint'}, 'The original is on the left. The other columns show what training sees in successive epochs.')),
    h(
      'div',
      {class: 'previewing'},
      h(
        'div',
        {class: 'previewing-side'},
        h('div', {class: 'card'}, h(PreviewSheet, {request: preview, onFault: setSheetFault}), h(Problem, {text: fault && !fault.field ? fault.message : null})),
        isWide && editor),
      h(
        'div',
        {class: 'previewing-controls'},
        h(
          Card,
          {title: 'Data set and samples'},
          h(Field, {
            option: {kind: 'choice', name: 'name', values: known.map(each => each.dataset)},
            path: 'dataset.name',
            label: 'data set',
            value: dataset.name,
            onValue: choose,
            at: atField,
          }),
          h(Fields, {options: ofDataset, object: dataset, path: 'dataset', onObject: changed => change({dataset: changed}), at: atField}),
          classes && h(Classes, {known: classes, dataset, onDataset: changed => change({dataset: changed}), at: atField}),
          facts && h('p', {class: 'hint'}, summary(facts)),
          h(Fields, {
            options: [SEED, ...SHOWN],
            object: preview,
            path: '',
            onObject: changed => {
              setDraft(null);
              setPreview(changed);
            },
            at: atField,
          }),
          h(FromRun, {
            first: run,
            onTaken: taken => {
              setDraft(null);
              setPreview(before => ({...part(before, true), ...taken}));
            },
            at: place(runFault, ['run']),
            onFault: setRunFault,
          })),
        kind !== 'rows' && h(Augmentation, {value: request.augmentation, onChange: augmentation => change({augmentation}), kind, fault}))),
    !isWide && editor,
  ];
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/preview',
  async show(main) {
    document.title = 'Augmentation preview · Millrace';
    const [{datasets: all}, schema] = /** @type {[{datasets: DatasetView[]}, any]} */ (
      await Promise.all([get(['datasets']), get(['schema', 'training-request'])]));
    applySchema(schema);
    const known = all.filter(each => each.usable && each.kind);
    const run = parameters().get('run') ?? '';
    let first = ofAddress(known);
    /** @type {Fault | null} */
    let refused = null;
    if (!first) {
      first = beginning(known);
      if (run) {
        try {
          first = {...part(first, true), ...await ofRun(run)};
        } catch (e) {
          refused = {field: 'run', message: faultOf(e).message};
        }
      }
    }
    render(h(PreviewPage, {known, first, run, refused}), main);
  },
};
