// Fields above the JSON for how the data are read, where a file does not show that by itself.

import {isObject} from './request-schema.js';
import {h} from './ui.js';
import {useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {import('./ui.js').Child} Child */
/** @typedef {[value: any, label: string]} Choice undefined: the default, which needs no field in the JSON */
/** @typedef {(name: string, value: any) => void} Set undefined: the default */
/** @typedef {{set: Set, value: any, wrong: string, disabled: boolean}} FieldProps */

const SHOWN = 'detected from the file';

/** @type {[string, string, Choice[]][]} the fields of a series with fixed choices: name, label, choices */
const CHOSEN = [
  ['missing', 'missing values', [
    [undefined, 'reject the file'],
    ['interpolate', 'interpolate'],
    ['forward_fill', 'repeat the previous value'],
    ['drop_windows', 'leave out their windows'],
  ]],
  ['delimiter', 'cell separator', [[undefined, SHOWN], [',', 'comma'], [';', 'semicolon'], ['\t', 'tab'], ['|', 'vertical bar']]],
  ['decimal', 'decimal separator', [[undefined, SHOWN], ['.', 'point'], [',', 'comma']]],
  ['thousands', 'thousands separator', [[undefined, SHOWN], [',', 'comma'], ['.', 'point'], [' ', 'space'], ["'", 'apostrophe']]],
  ['header', 'first row', [[undefined, SHOWN], [true, 'column names'], [false, 'data']]],
];

const FORMATS = ['%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y %H:%M', '%m/%d/%Y %H:%M', 'epoch_seconds', 'epoch_milliseconds'];

/** Fields of the data set that say how this file is written, and not what is done with it. */
export const OF_A_FILE = ['date_column', 'date_format', 'series_key', 'delimiter', 'decimal', 'thousands', 'header'];

/** The kind of a request's data set, by the same rule as in the service. @param {Record<string, any>} dataset @returns {'series' | 'rows' | 'images'} */
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

/** The ARIA attributes that link an input to its error. @param {string} wrong @param {string} name */
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
    at < 0 && h('option', {value: -1, selected: true, disabled: true}, 'as in the JSON'),
    choices.map(([, text], i) => h('option', {key: text, value: i, selected: i === at}, text))));
}

/** @param {{id: string, label: string, value: unknown, own: FieldProps, field: string, list?: string, placeholder: string, onInput: (text: string) => void}} props */
function Text({id: own, label, value, own: {disabled, wrong}, field, list, placeholder, onInput}) {
  return h('input', {
    id: own, type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-label': label, disabled, list, placeholder,
    ...faulty(wrong, field), value: typeof value === 'string' ? value : '', onInput: (/** @type {any} */ e) => onInput(e.target.value),
  });
}

/** The dates: detected from the file, none, or in one or two named columns. @param {{own: FieldProps}} props */
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
  const HOWS = [SHOWN, 'none: rows are in order', 'these columns:'];
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
      HOWS.map((text, i) => h('option', {key: text, value: i, selected: i === how}, text))),
    isNamed && h(
      'div',
      {class: 'named'},
      h(Text, {id: id('date_column-day'), label: 'date column', value: day, own, field: 'date_column', list: 'reading-columns', placeholder: 'dates', onInput: value => take([value, time])}),
      h(Text, {id: id('date_column-time'), label: 'time of day column, if separate', value: time, own, field: 'date_column', list: 'reading-columns', placeholder: 'times of day', onInput: value => take([day, value])})));
}

/** The series to use from a file with several. @param {{own: FieldProps}} props */
function SeriesKey({own}) {
  /** @param {string | undefined} column @param {string | undefined} value */
  const take = (column, value) => own.set('series_key', column || value ? {...(column && {column}), ...(value && {value})} : undefined);
  const {column, value} = isObject(own.value) ? own.value : /** @type {Record<string, any>} */ ({});
  return h(Field, {name: 'series_key', label: 'series column and value', wrong: own.wrong}, h(
    'div',
    {class: 'named'},
    h(Text, {id: id('series_key'), label: 'column that names the series of a row', value: column, own, field: 'series_key', list: 'reading-columns', placeholder: 'column', onInput: text => take(text, value)}),
    h(Text, {id: id('series_key-value'), label: 'value of the series to use', value, own, field: 'series_key', placeholder: 'value; empty: all series', onInput: text => take(column, text)})));
}

/** @param {{own: FieldProps}} props */
function Orientation({own}) {
  return h('div', {class: 'field'}, h('label', {class: 'check', for: id('exif_orientation')}, h('input', {
    id: id('exif_orientation'), type: 'checkbox', checked: own.value !== false, disabled: own.disabled,
    onChange: (/** @type {any} */ e) => own.set('exif_orientation', e.target.checked ? undefined : false),
  }), 'Rotate images by their Exif orientation'));
}

const OF_SERIES = ['date_column', 'date_format', ...CHOSEN.map(([name]) => name), 'series_key'];

/**
 * The collapsible fields and their errors.
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
    return null; // Set in the JSON: for nearly all such files, detection is enough.
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
        {key: 'format', name: 'date_format', label: 'date format', wrong: format.wrong},
        h(Text, {id: id('date_format'), label: 'date format', value: format.value, own: format, field: 'date_format', list: 'reading-formats', placeholder: SHOWN, onInput: text => set('date_format', text.trim() || undefined)}),
        h('datalist', {id: 'reading-formats'}, FORMATS.map(value => h('option', {key: value, value})))),
      CHOSEN.map(([name, label, choices]) => h(Choices, {key: name, name, label, choices, own: of(name)})),
      h(SeriesKey, {key: 'series_key', own: of('series_key')}),
    ]),
    h('datalist', {id: 'reading-columns'}, (data?.columns ?? []).map(value => h('option', {key: value, value}))));
}
