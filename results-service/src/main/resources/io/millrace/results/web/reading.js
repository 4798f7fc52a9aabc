// How the data of a request are read: fields beside its JSON, for what a file does not show by itself.

import {isObject} from './request-schema.js';
import {h} from './ui.js';
import {useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {import('./ui.js').Child} Child */
/** @typedef {[value: any, label: string]} Choice undefined: the default, which needs no field in the JSON */
/** @typedef {(name: string, value: any) => void} Set undefined: the default */
/** @typedef {{set: Set, value: any, wrong: string, disabled: boolean}} FieldProps */

const SHOWN = 'as the file shows';

/** @type {[string, string, Choice[]][]} the fields of a series that are chosen: name, label, what there is */
const CHOSEN = [
  ['missing', 'missing values', [
    [undefined, 'refuse the file'],
    ['interpolate', 'interpolate'],
    ['forward_fill', 'repeat the value before'],
    ['drop_windows', 'leave out their windows'],
  ]],
  ['delimiter', 'between cells', [[undefined, SHOWN], [',', 'comma'], [';', 'semicolon'], ['\t', 'tab'], ['|', 'vertical bar']]],
  ['decimal', 'before decimals', [[undefined, SHOWN], ['.', 'point'], [',', 'comma']]],
  ['thousands', 'between thousands', [[undefined, SHOWN], [',', 'comma'], ['.', 'point'], [' ', 'blank'], ["'", 'apostrophe']]],
  ['header', 'first row', [[undefined, SHOWN], [true, 'column names'], [false, 'data']]],
];

const FORMATS = ['%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y %H:%M', '%m/%d/%Y %H:%M', 'epoch_seconds', 'epoch_milliseconds'];

/** Fields of the data set that say how this file is written, and not what is done with it. */
export const OF_A_FILE = ['date_column', 'date_format', 'series_key', 'delimiter', 'decimal', 'thousands', 'header'];

/** What a data set of a request is of, as the service tells. @param {Record<string, any>} dataset @returns {'series' | 'rows' | 'images'} */
export function kindOf(dataset) {
  /** @param {string[]} names */
  const has = names => names.some(name => name in dataset);
  return has(['column', 'columns', 'window', 'horizon', 'test_from', 'date_column', 'date_format', 'series_key', 'label', 'calendar', 'stride', 'season'])
    ? 'series'
    : has(['target', 'features', 'target_type']) ? 'rows' : 'images';
}

/** @param {string} name */
function id(name) {
  return `reading-${name}`;
}

/** @param {string} wrong @param {string} name what an input says of its fault */
function faulty(wrong, name) {
  return {'aria-invalid': String(wrong !== ''), 'aria-describedby': wrong ? `${id(name)}-wrong` : null};
}

/** @param {{name: string, label: string, wrong: string, children?: Child}} props */
function Field({name, label, wrong, children}) {
  return h('div', {class: 'field'}, h('label', {for: id(name)}, label), children, wrong && h('p', {class: 'wrong', id: `${id(name)}-wrong`}, wrong));
}

/** @param {{name: string, label: string, choices: Choice[], own: FieldProps}} props */
function Choices({name, label, choices, own}) {
  const value = name === 'missing' && own.value === 'refuse' ? undefined : own.value;
  const at = choices.findIndex(([known]) => known === value);
  return h(Field, {name, label, wrong: own.wrong}, h(
    'select',
    {
      id: id(name), 'aria-label': label, disabled: own.disabled, ...faulty(own.wrong, name),
      onChange: (/** @type {any} */ e) => own.set(name, choices[e.target.value][0]),
    },
    at < 0 && h('option', {value: -1, selected: true, disabled: true}, 'as the JSON says'),
    choices.map(([, said], i) => h('option', {key: said, value: i, selected: i === at}, said))));
}

/** @param {{id: string, label: string, value: unknown, own: FieldProps, field: string, list?: string, placeholder: string, onInput: (text: string) => void}} props */
function Text({id: own, label, value, own: {disabled, wrong}, field, list, placeholder, onInput}) {
  return h('input', {
    id: own, type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-label': label, disabled, list, placeholder,
    ...faulty(wrong, field), value: typeof value === 'string' ? value : '', onInput: (/** @type {any} */ e) => onInput(e.target.value),
  });
}

/** Dates: found in the file, none, or in one or two columns that are named. @param {{own: FieldProps}} props */
function Dates({own}) {
  const names = [own.value].flat().filter(name => typeof name === 'string');
  const [naming, setNaming] = useState(false);
  const [drafts, setDrafts] = useState(/** @type {string[] | null} */ (null));
  const [day, time] = drafts ?? names;
  const isNamed = naming || names.length > 0;
  /** @param {string[]} next */
  const take = next => {
    setDrafts(next);
    const known = next.map(name => (name ?? '').trim()).filter(Boolean);
    own.set('date_column', known.length > 1 ? known : known[0]);
  };
  const HOWS = ['found in the file', 'none: rows are in order', 'these columns:'];
  const how = isNamed ? 2 : own.value === null ? 1 : 0;
  return h(
    Field,
    {name: 'date_column', label: 'dates', wrong: own.wrong},
    h(
      'select',
      {
        id: id('date_column'), 'aria-label': 'dates', disabled: own.disabled, ...faulty(own.wrong, 'date_column'),
        onChange: (/** @type {any} */ e) => {
          const chosen = Number(e.target.value);
          setNaming(chosen === 2);
          setDrafts(null);
          if (chosen < 2) {
            own.set('date_column', chosen === 1 ? null : undefined);
          }
        },
      },
      HOWS.map((said, i) => h('option', {key: said, value: i, selected: i === how}, said))),
    isNamed && h(
      'div',
      {class: 'named'},
      h(Text, {id: id('date_column-day'), label: 'column of the dates', value: day, own, field: 'date_column', list: 'reading-columns', placeholder: 'dates', onInput: value => take([value, time])}),
      h(Text, {id: id('date_column-time'), label: 'column of the times of day, if it is another', value: time, own, field: 'date_column', list: 'reading-columns', placeholder: 'times of day', onInput: value => take([day, value])})));
}

/** Which of several series of a file. @param {{own: FieldProps}} props */
function SeriesKey({own}) {
  /** @param {string | undefined} column @param {string | undefined} value */
  const take = (column, value) => own.set('series_key', column || value ? {...(column && {column}), ...(value && {value})} : undefined);
  const {column, value} = isObject(own.value) ? own.value : /** @type {Record<string, any>} */ ({});
  return h(Field, {name: 'series_key', label: 'series of a file, by', wrong: own.wrong}, h(
    'div',
    {class: 'named'},
    h(Text, {id: id('series_key'), label: 'column that says whose row it is', value: column, own, field: 'series_key', list: 'reading-columns', placeholder: 'column', onInput: text => take(text, value)}),
    h(Text, {id: id('series_key-value'), label: 'its value in the rows to take', value, own, field: 'series_key', placeholder: 'value; empty: each a series', onInput: text => take(column, text)})));
}

/** @param {{own: FieldProps}} props */
function Orientation({own}) {
  return h('div', {class: 'field'}, h('label', {class: 'check', for: id('exif_orientation')}, h('input', {
    id: id('exif_orientation'), type: 'checkbox', checked: own.value !== false, disabled: own.disabled,
    onChange: (/** @type {any} */ e) => own.set('exif_orientation', e.target.checked ? undefined : false),
  }), 'Turn images as their Exif orientation says'));
}

const OF_SERIES = ['date_column', 'date_format', ...CHOSEN.map(([name]) => name), 'series_key'];

/**
 * The folded fields, and what is wrong with them.
 *
 * @param {{
 *   dataset: any,
 *   known: DatasetView[],
 *   faults: {path: (string | number)[], message: string}[],
 *   set: Set,
 * }} props dataset: of the request
 */
export function Reading({dataset, known, faults, set}) {
  const [isOpen, setOpen] = useState(false);
  if (!isObject(dataset)) {
    return null;
  }
  const data = known.find(d => d.dataset === dataset.name);
  const written = kindOf(dataset);
  const kind = written === 'images' && data?.kind === 'series' ? 'series' : written;
  if (kind === 'rows') {
    return null; // Its JSON tells; what a file shows by itself is enough for nearly all.
  }
  /** @param {string} name @returns {FieldProps} */
  const of = name => {
    const isSwept = isObject(dataset[name]) && 'sweep' in dataset[name];
    return {
      set,
      value: isSwept ? undefined : dataset[name],
      wrong: faults.filter(f => f.path[0] === 'dataset' && f.path[1] === name).map(f => f.message).join('; '),
      disabled: isSwept,
    };
  };
  const names = kind === 'images' ? ['exif_orientation'] : OF_SERIES;
  const isWrong = names.some(name => of(name).wrong !== '');
  const format = of('date_format');
  return h(
    'details',
    {class: 'reading', open: isOpen || isWrong, onToggle: (/** @type {any} */ e) => setOpen(e.currentTarget.open)},
    h('summary', {}, 'How the data are read ', h('span', {class: 'hint'}, names.filter(name => name in dataset).join(', '))),
    h('div', {class: 'quick'}, kind === 'images' ? h(Orientation, {own: of('exif_orientation')}) : [
      h(Dates, {key: 'dates', own: of('date_column')}),
      h(
        Field,
        {key: 'format', name: 'date_format', label: 'how dates are written', wrong: format.wrong},
        h(Text, {id: id('date_format'), label: 'how dates are written', value: format.value, own: format, field: 'date_format', list: 'reading-formats', placeholder: SHOWN, onInput: text => set('date_format', text.trim() || undefined)}),
        h('datalist', {id: 'reading-formats'}, FORMATS.map(value => h('option', {key: value, value})))),
      CHOSEN.map(([name, label, choices]) => h(Choices, {key: name, name, label, choices, own: of(name)})),
      h(SeriesKey, {key: 'series_key', own: of('series_key')}),
    ]),
    h('datalist', {id: 'reading-columns'}, (data?.columns ?? []).map(value => h('option', {key: value, value}))));
}
