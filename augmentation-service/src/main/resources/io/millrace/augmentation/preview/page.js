// The page's state is what the service is asked for: a preview's JSON. The address' fragment holds it.

import {control, element, offer, transformList} from './controls.js';
import {DATASET, KERAS, SHOWN} from './options.js';

const DEBOUNCE_MS = 120;
const BUSY_MS = 400;
const BUSY_TRIES = 10;
const byId = id => document.getElementById(id);

/** The part for a training request, then the preview's own. */
let request = {dataset: {name: 'fashion-mnist'}, augmentation: {}};
let shown = matchMedia('(max-width: 40rem)').matches ? {variants: 3} : {};
let names = [];

/** Of the data set where it is a series. */
let columns = [];

// --- The state in and out -------------------------------------------------------------------------

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function preview() {
  return {...request, ...shown};
}

/** Takes a preview's JSON apart; the controls need objects where objects belong. */
function take(json) {
  const own = SHOWN.map(spec => spec.name);
  const entries = Object.entries(json);
  request = Object.fromEntries(entries.filter(([name]) => !own.includes(name)));
  shown = {...shown, ...Object.fromEntries(entries.filter(([name]) => own.includes(name)))};
}

function readAddress() {
  try {
    const json = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    if (isObject(json)) {
      take(json);
    }
  } catch {
    // An address without a state, or with half of one: as it was.
  }
}

function writeAddress() {
  history.replaceState(null, '', `#${encodeURIComponent(JSON.stringify(preview()))}`);
}

/** JSON as one would write it: lists of numbers and names on one line. */
function writeJson() {
  byId('request').value = JSON.stringify(request, null, 2).replace(
    /\[[^[\]{}]*\]/g,
    list => list.replace(/\n\s*/g, ' ').replace('[ ', '[').replace(' ]', ']'));
}

function changed() {
  writeJson();
  changedJson();
}

function changedJson() {
  writeAddress();
  schedule();
}

// --- The controls ---------------------------------------------------------------------------------

/** An object of the request; what is none there stays, for the service to refuse. */
function part(name) {
  request[name] ??= {};
  return isObject(request[name]) ? request[name] : {};
}

function isSeries() {
  return part('dataset').column !== undefined;
}

function build() {
  offer(isSeries());
  buildShown();
  buildKeras();
  byId('transforms').replaceChildren(
    transformList(part('augmentation'), 'augmentation.transforms', changed, true));
}

function buildShown() {
  const dataset = part('dataset');
  const name = {kind: 'choice', name: 'name', values: names, initial: ''};
  const nameField = control(name, dataset, 'dataset.name', () => {
    if (isSeries()) {
      request.augmentation = {};
    }
    request.dataset = {name: dataset.name};
    build();
    describe();
    changed();
  });
  nameField.querySelector('label').textContent = 'dataset';
  byId('shown').replaceChildren(
    nameField,
    ...(isSeries() ? [{kind: 'choice', name: 'column', values: columns, initial: ''}] : DATASET)
      .map(spec => control(spec, dataset, `dataset.${spec.name}`, changed)),
    control(
      {kind: 'number', name: 'seed', min: 0, max: 100, step: 1, default: 0}, request, 'seed', changed),
    ...SHOWN.map(spec => control(spec, shown, spec.name, changed)));
}

function buildKeras() {
  const augmentation = part('augmentation');
  byId('keras').replaceChildren(
    ...(isSeries() ? [] : KERAS).map(group => {
      const details = element(
        'details',
        {className: 'card', open: !group.closed},
        element('summary', {}, element('h2', {textContent: group.title})));
      if (group.hint) {
        details.append(element('p', {className: 'hint', textContent: group.hint}));
      }
      details.append(
        ...group.fields.map(spec => control(spec, augmentation, `augmentation.${spec.name}`, changed)));
      return details;
    }));
}

/** Says what the data set holds; an unknown one says so with the sheet. A series is asked for by its first column. */
async function describe() {
  const name = part('dataset').name;
  byId('description').textContent = '';
  byId('classes').hidden = true;
  let known;
  try {
    const response = await fetch(`../datasets/${encodeURIComponent(name)}`);
    known = response.ok ? await response.json() : null;
  } catch {
    known = null;
  }
  if (known?.kind === 'images' && part('dataset').name === name) {
    byId('description').textContent =
      `${known.samples.toLocaleString('en')} images, the first of ` +
      `${known.sample_shape.join('×')}, ${known.classes.length} classes.`;
    buildClasses(known.classes);
  }
  if (known?.kind === 'series' && part('dataset').name === name) {
    byId('description').textContent =
      `${known.samples.toLocaleString('en')} rows${known.from ? `, ${known.from} to ${known.to}` : ''}; columns: ${known.columns.join(', ')}. ` +
      'A row shows a window, and what the transforms for series make of it.';
    columns = known.columns;
    const isNew = !isSeries();
    if (isNew) {
      request.dataset = {name, column: columns[0]};
      request.augmentation = {};
    }
    build();
    if (isNew) {
      changed();
    }
  }
}

function buildClasses(known) {
  const dataset = part('dataset');
  const chosen = Array.isArray(dataset.classes) ? dataset.classes : known;
  byId('classes').hidden = known.length > 100;
  byId('class-list').replaceChildren(
    ...known.map(name => {
      const box = element('input', {type: 'checkbox', checked: chosen.includes(name), value: name});
      box.addEventListener('change', () => {
        const boxes = [...byId('class-list').querySelectorAll('input')];
        const now = boxes.filter(b => b.checked).map(b => b.value);
        if (now.length === known.length) {
          delete part('dataset').classes;
        } else {
          part('dataset').classes = now;
        }
        changed();
      });
      return element('label', {className: 'class'}, box, ` ${name}`);
    }));
}

async function loadNames() {
  try {
    const response = await fetch('../datasets');
    const known = response.ok ? (await response.json()).datasets : [];
    names = known.filter(each => each.kind).map(each => each.dataset);
  } catch {
    names = [];
  }
}

// --- The sheet ------------------------------------------------------------------------------------

let timer;
let asked;

/** Asks for nothing more, and gives up an answer on its way. */
function stop() {
  clearTimeout(timer);
  asked?.abort();
}

/** Asks for the sheet when the controls have rested for a moment. */
function schedule() {
  stop();
  document.body.dataset.state = 'waiting';
  timer = setTimeout(show, DEBOUNCE_MS);
}

/** Asks for the sheet; an answer that came too late is none. */
async function show() {
  const mine = new AbortController();
  asked = mine;
  try {
    const response = await ask(mine.signal);
    if (response.ok) {
      const note = response.headers.get('Preview-Note');
      const blob = await response.blob();
      if (!mine.signal.aborted) {
        complain(null);
        await put(blob, note, mine.signal);
      }
    } else {
      const refusal = await response.json();
      if (!mine.signal.aborted) {
        complain(refusal);
      }
    }
  } catch (e) {
    if (!mine.signal.aborted) {
      complain({field: '', reason: 'The service does not answer.'});
    }
  }
}

async function ask(signal) {
  for (let tries = 1; ; tries++) {
    const response = await fetch('../preview', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(preview()),
      signal,
    });
    if (response.status !== 503 || tries === BUSY_TRIES) {
      return response;
    }
    await new Promise(resolve => setTimeout(resolve, BUSY_MS));
  }
}

async function put(blob, note, signal) {
  const image = byId('sheet');
  const before = image.src;
  image.src = URL.createObjectURL(blob);
  await image.decode();
  if (before) {
    URL.revokeObjectURL(before);
  }
  const {variants = 6, epoch = 0} = shown;
  image.alt = `The original at the left, then ${variants} variants of each sample`;
  image.hidden = false;
  byId('empty').hidden = true;
  sharpen();
  byId('caption').textContent =
    `Original, then epoch ${epoch}${variants > 1 ? ` to ${epoch + variants - 1}` : ''}` +
    `, seed ${request.seed ?? 0}.${note ? ` Note: ${note}.` : ''}`;
  byId('status').textContent = '';
  if (!signal.aborted) {
    document.body.dataset.state = 'shown';
  }
}

/** Pixels stay pixels where the sheet is shown larger than it is. */
function sharpen() {
  const image = byId('sheet');
  image.classList.toggle('enlarged', image.clientWidth > image.naturalWidth);
}

// --- Errors ---------------------------------------------------------------------------------------

/** The field's own place, else the nearest one around it, else none. */
function place(path) {
  let nearest = null;
  for (const field of document.querySelectorAll('[data-path]')) {
    const own = field.dataset.path;
    const fits = path === own || path.startsWith(`${own}.`) || path.startsWith(`${own}[`);
    if (fits && !field.hidden && (!nearest || own.length >= nearest.dataset.path.length)) {
      nearest = field;
    }
  }
  return nearest;
}

function clearErrors() {
  for (const error of document.querySelectorAll('.error')) {
    error.hidden = true;
    error.textContent = '';
  }
  for (const input of document.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
  }
  byId('problem').textContent = '';
}

/** Shows an error beside the field that it names, and tells it; null is none. */
function complain(refusal) {
  clearErrors();
  if (!refusal) {
    return;
  }
  const field = place(refusal.field);
  const error = field ? field.querySelector(':scope > .error') : byId('request-error');
  const exact = field && field.dataset.path === refusal.field;
  error.textContent = (exact || !refusal.field ? '' : `${refusal.field}: `) + refusal.reason;
  error.hidden = false;
  error.closest('details')?.setAttribute('open', '');
  for (const input of field ? field.querySelectorAll(':scope > input, :scope > select') : []) {
    input.setAttribute('aria-invalid', 'true');
  }
  byId('problem').textContent = (refusal.field ? `${refusal.field}: ` : '') + refusal.reason;
  document.body.dataset.state = 'refused';
}

// --- What one does --------------------------------------------------------------------------------

byId('request').addEventListener('input', () => {
  let json;
  try {
    json = JSON.parse(byId('request').value);
    if (!isObject(json)) {
      throw new SyntaxError('give a JSON object');
    }
  } catch (e) {
    stop();
    complain({field: '', reason: `Not JSON yet: ${e.message}`});
    byId('request').setAttribute('aria-invalid', 'true');
    return;
  }
  const name = request.dataset?.name;
  take(json);
  build();
  if (request.dataset?.name !== name) {
    describe();
  }
  changedJson();
});

byId('copy').addEventListener('click', async () => {
  const area = byId('request');
  try {
    await navigator.clipboard.writeText(area.value);
    byId('status').textContent = 'Copied.';
  } catch {
    area.select();
    byId('status').textContent = 'Selected: copy it with the keyboard.';
  }
});

byId('reset').addEventListener('click', () => {
  request.augmentation = {};
  build();
  changed();
});

async function takeOver(run) {
  stop();
  try {
    const response = await fetch(`../preview/request?run=${encodeURIComponent(run)}`);
    const json = await response.json();
    if (!response.ok) {
      complain(json);
      return;
    }
    take(json);
    build();
    describe();
    changed();
  } catch {
    complain({field: 'run', reason: 'The service does not answer.'});
  }
}

byId('take').addEventListener('click', () => takeOver(byId('run').value.trim()));
byId('run').addEventListener('keydown', event => {
  if (event.key === 'Enter') {
    takeOver(byId('run').value.trim());
  }
});
byId('controls').addEventListener('submit', event => event.preventDefault());
addEventListener('resize', sharpen);
addEventListener('hashchange', start);

function start() {
  readAddress();
  build();
  writeJson();
  describe();
  schedule();
}

await loadNames();
start();
const run = new URLSearchParams(location.search).get('run');
if (run && !location.hash.includes('dataset')) {
  byId('run').value = run;
  await takeOver(run);
}
