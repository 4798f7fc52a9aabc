// How the data of a request are read: fields beside its JSON, for what a file does not show by itself.

import {h, replace} from './dom.js';
import {isObject} from './request-schema.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {[value: any, label: string]} Choice undefined: the default, which needs no field in the JSON */
/** @typedef {{element: HTMLElement, inputs: HTMLElement[], fill: (value: any, data: DatasetView | undefined) => void}} Field */

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

/** The folded fields, and what is wrong with them. */
export class Reading {
  /** @param {(name: string, value: any) => void} set undefined: the default */
  constructor(set) {
    this.fold = h('details', {class: 'reading', hidden: true});
    this.said = h('span', {class: 'hint'});
    const columns = h('datalist', {id: 'reading-columns'});
    /** @param {string} name */
    const id = name => `reading-${name}`;
    /** @param {string} name @param {string} label @param {(value: string) => void} oninput @param {Record<string, any>} [more] */
    const text = (name, label, oninput, more = {}) => h('input', {
      id: id(name), type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-label': label,
      oninput: (/** @type {any} */ e) => oninput(e.target.value), ...more,
    });
    /** @param {string} name @param {string} label @param {Choice[]} choices @param {(value: any) => void} choose */
    const select = (name, label, choices, choose) => h(
      'select',
      {id: id(name), 'aria-label': label, onchange: (/** @type {any} */ e) => choose(choices[e.target.selectedIndex][0])},
      choices.map(([, said]) => h('option', {}, said)));

    const turn = h('input', {
      id: id('exif_orientation'), type: 'checkbox',
      onchange: () => set('exif_orientation', turn.checked ? undefined : false),
    });
    /** @type {Map<string, Field>} */
    this.images = new Map([['exif_orientation', {
      element: h(
        'div',
        {class: 'field'},
        h('label', {class: 'check', for: id('exif_orientation')}, turn, 'Turn images as their Exif orientation says')),
      inputs: [turn],
      fill: value => { turn.checked = value !== false; },
    }]]);

    /** @type {Map<string, Field>} */
    this.series = new Map();
    this.series.set('date_column', this.#dates(set, select, text));
    const format = text('date_format', 'how dates are written', value => set('date_format', value.trim() || undefined), {
      placeholder: SHOWN, list: 'reading-formats',
    });
    this.series.set('date_format', {
      element: field(id('date_format'), 'how dates are written', format, h('datalist', {id: 'reading-formats'}, FORMATS.map(value => h('option', {value})))),
      inputs: [format],
      fill: value => write(format, value),
    });
    for (const [name, label, choices] of CHOSEN) {
      const input = select(name, label, choices, value => set(name, value));
      this.series.set(name, {
        element: field(id(name), label, input),
        inputs: [input],
        fill: value => { input.selectedIndex = place(choices, name === 'missing' && value === 'refuse' ? undefined : value); },
      });
    }
    this.series.set('series_key', this.#key(set, text));
    this.columns = columns;
    this.kind = '';
  }

  /** @param {any} set @param {any} select @param {any} text @returns {Field} found in the file, none, or one or two that are named */
  #dates(set, select, text) {
    const NAMED = Symbol('named');
    /** @type {Choice[]} */
    const choices = [[undefined, 'found in the file'], [null, 'none: rows are in order'], [NAMED, 'these columns:']];
    const take = () => {
      const names = [day, time].map(input => input.value.trim()).filter(Boolean);
      set('date_column', names.length > 1 ? names : names[0]);
    };
    const how = select('date_column', 'dates', choices, (/** @type {any} */ value) => {
      named.hidden = value !== NAMED;
      if (value === NAMED) {
        day.focus();
      } else {
        day.value = time.value = '';
        set('date_column', value);
      }
    });
    const day = text('date_column-day', 'column of the dates', take, {placeholder: 'dates', list: 'reading-columns'});
    const time = text('date_column-time', 'column of the times of day, if it is another', take, {placeholder: 'times of day', list: 'reading-columns'});
    const named = h('div', {class: 'named', hidden: true}, day, time);
    return {
      element: field('reading-date_column', 'dates', how, named),
      inputs: [how, day, time],
      fill: value => {
        if (named.contains(document.activeElement)) {
          return;
        }
        const names = [value].flat().filter(name => typeof name === 'string');
        how.selectedIndex = names.length > 0 ? 2 : value === null ? 1 : value === undefined ? 0 : -1;
        named.hidden = names.length === 0;
        write(day, names[0]);
        write(time, names[1]);
      },
    };
  }

  /** @param {any} set @param {any} text @returns {Field} which of several series of a file */
  #key(set, text) {
    const take = () => {
      const [name, value] = [column, cell].map(input => input.value.trim());
      set('series_key', name || value ? {...(name && {column: name}), ...(value && {value})} : undefined);
    };
    const column = text('series_key', 'column that says whose row it is', take, {placeholder: 'column', list: 'reading-columns'});
    const cell = text('series_key-value', 'its value in the rows to take', take, {placeholder: 'value; empty: each a series'});
    return {
      element: field('reading-series_key', 'series of a file, by', h('div', {class: 'named'}, column, cell)),
      inputs: [column, cell],
      fill: value => {
        write(column, value?.column);
        write(cell, value?.value);
      },
    };
  }

  /**
   * Shows what the JSON says.
   *
   * @param {any} dataset of the request
   * @param {DatasetView[]} known
   * @param {{path: (string | number)[], message: string}[]} faults
   */
  fill(dataset, known, faults) {
    const data = isObject(dataset) ? known.find(d => d.dataset === dataset.name) : undefined;
    this.fold.hidden = !isObject(dataset);
    if (!isObject(dataset)) {
      return;
    }
    const written = kindOf(dataset);
    const kind = written === 'images' && data?.kind === 'series' ? 'series' : written;
    this.fold.hidden = kind === 'rows';
    if (kind === 'rows') {
      return; // Its JSON tells; what a file shows by itself is enough for nearly all.
    }
    const fields = this[kind];
    if (kind !== this.kind) {
      this.kind = kind;
      replace(
        this.fold,
        h('summary', {}, 'How the data are read ', this.said),
        h('div', {class: 'quick'}, [...fields.values()].map(f => f.element)),
        this.columns);
    }
    replace(this.columns, ...(data?.columns ?? []).map(value => h('option', {value})));
    this.said.textContent = [...fields.keys()].filter(name => name in dataset).join(', ');
    for (const [name, own] of fields) {
      const said = faults.filter(f => f.path[0] === 'dataset' && f.path[1] === name).map(f => f.message).join('; ');
      const isSwept = isObject(dataset[name]) && 'sweep' in dataset[name];
      own.fill(isSwept ? undefined : dataset[name], data);
      own.element.querySelector('.wrong')?.remove();
      own.inputs.forEach(input => {
        /** @type {HTMLInputElement} */ (input).disabled = isSwept;
        input.setAttribute('aria-invalid', String(said !== ''));
        input.setAttribute('aria-describedby', `reading-${name}-wrong`);
      });
      if (said) {
        own.element.append(h('p', {class: 'wrong', id: `reading-${name}-wrong`}, said));
        /** @type {HTMLDetailsElement} */ (this.fold).open = true;
      }
    }
  }
}

/** @param {string} id @param {string} label @param {...HTMLElement} children */
function field(id, label, ...children) {
  return h('div', {class: 'field'}, h('label', {for: id}, label), ...children);
}

/** Not over what somebody is writing. @param {HTMLInputElement} input @param {any} value */
function write(input, value) {
  if (document.activeElement !== input) {
    input.value = typeof value === 'string' ? value : '';
  }
}

/** @param {Choice[]} choices @param {any} value @returns {number} -1 where it is none of them */
function place(choices, value) {
  return choices.findIndex(([known]) => known === value);
}
