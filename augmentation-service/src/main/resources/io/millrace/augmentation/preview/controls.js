// Controls for the fields of an object: each reads and writes one of its properties.

import {FOR_BATCHES, FOR_BOTH, FOR_SERIES, TRANSFORMS, added} from './options.js';

/** Whether transforms of a series are offered, or those of images. */
let ofSeries = false;

export function offer(series) {
  ofSeries = series;
}

let ids = 0;

/** An element with properties, attributes (with a hyphen) and children. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) {
      made.setAttribute(name, value);
    } else {
      made[name] = value;
    }
  }
  made.append(...children);
  return made;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const text = value =>
  value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value).replaceAll(',', ', ');

/** A default as it is shown: 4/3 as 1.333. */
function rounding(value) {
  return Array.isArray(value) ? value.map(v => Number(v.toFixed(3))) : value;
}

/** What a box holds: JSON where it is that, else the text, about which the service complains. */
function typed(box) {
  const written = box.value.trim();
  try {
    return written === '' ? undefined : JSON.parse(written);
  } catch {
    return written;
  }
}

function rounded(slider) {
  const decimals = (slider.step.split('.')[1] ?? '').length;
  return Number(Number(slider.value).toFixed(decimals));
}

/** Sets a property, or leaves it out where that means the same. */
function write(object, spec, value) {
  const isDefault = value === undefined || same(value, spec.default) || same(value, spec.neutral);
  if (isDefault && spec.initial === undefined) {
    delete object[spec.name];
  } else {
    object[spec.name] = value;
  }
}

/** The control of a field; `changed` is called after each change of the object. */
export function control(spec, object, path, changed) {
  if (spec.kind === 'transforms') {
    return transformList(object, path, changed, false);
  }
  const id = `field-${ids++}`;
  const error = element('p', {className: 'error', id: `${id}-error`, hidden: true});
  const label = element('label', {id: `${id}-label`, htmlFor: id, textContent: spec.name});
  const field = element('div', {className: `field ${spec.kind}`, 'data-path': path}, label);
  if (spec.title) {
    field.title = spec.title;
  }
  const inputs = {number: slider, pair: sliders, flag: checkbox, choice: select, json: box}[
    spec.kind
  ](spec, object, id, changed);
  field.append(...inputs, error);
  return field;
}

function box(spec, object, id, changed) {
  const input = element('input', {
    type: 'text',
    id,
    spellcheck: false,
    placeholder: spec.example ?? '',
    value: text(object[spec.name] ?? rounding(spec.default)),
    'aria-describedby': `${id}-error`,
  });
  input.addEventListener('input', () => {
    write(object, spec, typed(input));
    changed();
  });
  return [input];
}

function range(spec, id, name) {
  return element('input', {
    type: 'range',
    min: spec.min,
    max: spec.max,
    step: spec.step,
    'aria-label': `${spec.name}${name}`,
    'aria-describedby': `${id}-error`,
  });
}

function slider(spec, object, id, changed) {
  const [input] = box(spec, object, id, changed);
  const handle = range(spec, id, ', slider');
  const follow = () => {
    const value = typed(input);
    handle.value = typeof value === 'number' ? value : spec.default ?? spec.min;
  };
  follow();
  input.addEventListener('input', follow);
  handle.addEventListener('input', () => {
    const value = rounded(handle);
    input.value = text(value);
    write(object, spec, value);
    changed();
  });
  return [handle, input];
}

function sliders(spec, object, id, changed) {
  const [input] = box(spec, object, id, changed);
  const handles = [range(spec, id, ', lower'), range(spec, id, ', upper')];
  const follow = () => {
    const value = typed(input);
    const shown = Array.isArray(value) ? value : spec.default ?? spec.neutral ?? [spec.min, spec.max];
    handles.forEach((handle, i) => {
      handle.value = shown[i];
    });
  };
  follow();
  input.addEventListener('input', follow);
  handles.forEach((handle, i) =>
    handle.addEventListener('input', () => {
      const other = handles[1 - i];
      if (rounded(handles[0]) > rounded(handles[1])) {
        other.value = handle.value;
      }
      const value = handles.map(rounded);
      input.value = text(value);
      write(object, spec, value);
      changed();
    }));
  return [element('div', {className: 'handles'}, ...handles), input];
}

function checkbox(spec, object, id, changed) {
  const input = element('input', {
    type: 'checkbox',
    id,
    checked: object[spec.name] === true,
    'aria-describedby': `${id}-error`,
  });
  input.addEventListener('change', () => {
    write(object, spec, input.checked);
    changed();
  });
  return [input];
}

function select(spec, object, id, changed) {
  const value = object[spec.name] ?? spec.default;
  const values = [...(spec.optional ? [''] : []), ...spec.values];
  if (typeof value === 'string' && !values.includes(value)) {
    values.push(value);
  }
  const input = element(
    'select',
    {id, 'aria-describedby': `${id}-error`},
    ...values.map(v => element('option', {value: v, textContent: v || 'as the first image'})));
  input.value = text(value);
  input.addEventListener('change', () => {
    write(object, spec, input.value);
    changed();
  });
  return [input];
}

/** The transforms of an object, each with its controls, and a way to add one. */
export function transformList(object, path, changed, outermost) {
  const list = element('ol', {className: 'transforms'});
  const add = adding(outermost);
  const [choice, button] = add.querySelectorAll('select, button');
  const error = element('p', {className: 'error', id: `field-${ids++}-error`, hidden: true});
  const all = () => (Array.isArray(object.transforms) ? object.transforms : []);
  const rebuild = () => {
    if (outermost && all().length === 0) {
      delete object.transforms;
    }
    list.replaceChildren(
      ...all().map((transform, i) =>
        transformItem(transform, `${path}[${i}]`, changed, {
          up: i > 0 && (() => move(i, i - 1)),
          down: i < all().length - 1 && (() => move(i, i + 1)),
          remove: () => remove(i),
        })));
  };
  const move = (from, to) => {
    all().splice(to, 0, ...all().splice(from, 1));
    rebuild();
    list.children[to].querySelector('button').focus();
    changed();
  };
  const remove = i => {
    all().splice(i, 1);
    rebuild();
    choice.focus();
    changed();
  };
  button.addEventListener('click', () => {
    object.transforms = [...all(), added(choice.value)];
    rebuild();
    list.lastElementChild.querySelector('input, select')?.focus();
    changed();
  });
  rebuild();
  return element('div', {className: 'field list', 'data-path': path}, list, add, error);
}

function adding(outermost) {
  const types = Object.keys(TRANSFORMS).filter(type =>
    (FOR_BOTH.includes(type) || FOR_SERIES.includes(type) === ofSeries)
    && (outermost || !FOR_BATCHES.includes(type)));
  const id = `field-${ids++}`;
  return element(
    'div',
    {className: 'add'},
    element('label', {htmlFor: id, textContent: 'add'}),
    element('select', {id}, ...types.map(type => element('option', {textContent: type}))),
    element('button', {type: 'button', textContent: 'Add'}));
}

function transformItem(transform, path, changed, actions) {
  const type = transform?.type;
  const button = (sign, name, action) => {
    const made = element('button', {
      type: 'button',
      textContent: sign,
      title: name,
      disabled: !action,
      'aria-label': `${name}: ${type}`,
    });
    if (action) {
      made.addEventListener('click', action);
    }
    return made;
  };
  const specs = TRANSFORMS[type] ?? [];
  return element(
    'li',
    {},
    element(
      'fieldset',
      {},
      element('legend', {textContent: type ?? '?'}),
      element(
        'div',
        {className: 'actions'},
        button('↑', 'Move up', actions.up),
        button('↓', 'Move down', actions.down),
        button('✕', 'Remove', actions.remove)),
      element(
        'div',
        {className: 'field', 'data-path': path},
        element('p', {className: 'error', id: `field-${ids++}-error`, hidden: true})),
      ...specs.map(spec => control(spec, transform, `${path}.${spec.name}`, changed))));
}
