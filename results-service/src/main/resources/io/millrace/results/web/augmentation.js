// Controls for an augmentation: each reads and writes one field of its JSON.

import {KERAS, TRANSFORMS, added, typesFor} from './augmentation-options.js';
import {isObject} from './request-schema.js';
import {Card, Fragment, announce, h} from './ui.js';
import {useEffect, useLayoutEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./augmentation-options.js').Option} Option */
/** @typedef {import('./augmentation-options.js').Group} Group */
/** @typedef {import('./augmentation-options.js').Kind} Kind */
/** @typedef {import('./ui.js').Child} Child */

/** @typedef {{field: string, message: string}} Fault an error: the field's path, or an empty string, and the message */
/** @typedef {{path: string, text: string}} Placed an error message, and the path of the control that shows it */

const ROOT = 'augmentation';

// --- Where an error is shown ----------------------------------------------------------------------

/**
 * Finds the control that shows an error: that of the field, or else the innermost one that contains the field.
 *
 * @param {Fault | null} fault
 * @param {string[]} paths of the controls
 * @returns {Placed | null}
 */
export function place(fault, paths) {
  if (!fault?.field) {
    return null;
  }
  const {field, message} = fault;
  const around = paths.filter(path => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`));
  const path = around.reduce((best, one) => (one.length > best.length ? one : best), '');
  return path ? {path, text: path === field ? message : `${field}: ${message}`} : null;
}

/** @param {any} transforms @param {string} path @returns {string[]} */
function pathsOfList(transforms, path) {
  return [path, ...(Array.isArray(transforms) ? transforms : []).flatMap((transform, i) => {
    const own = `${path}[${i}]`;
    return [own, ...(TRANSFORMS[transform?.type] ?? []).flatMap(option => option.kind === 'transforms'
      ? pathsOfList(transform[option.name], `${own}.${option.name}`)
      : [`${own}.${option.name}`])];
  })];
}

/** @param {Record<string, any>} value @param {Kind} kind @returns {string[]} */
function pathsOf(value, kind) {
  return [
    ROOT,
    ...(kind === 'series' ? [] : KERAS).flatMap(group => group.fields.map(option => `${ROOT}.${option.name}`)),
    ...pathsOfList(value.transforms, `${ROOT}.transforms`),
  ];
}

/** @param {string} path */
const idOf = path => `field-${path.replace(/\W+/g, '-')}`;

/** The error message, if it belongs to this path. @param {{at: Placed | null, path: string}} props */
export function FaultText({at, path}) {
  return at?.path === path && h('p', {class: 'fault', id: `${idOf(path)}-fault`, role: 'alert'}, at.text);
}

/**
 * The ARIA attributes that link an input to its error and its hint.
 *
 * @param {Placed | null} at
 * @param {string} path
 * @param {string} [hint] the id of an element
 */
export function faultAttributes(at, path, hint) {
  const isWrong = at?.path === path;
  return {
    'aria-invalid': isWrong ? 'true' : null,
    'aria-describedby': [hint, isWrong && `${idOf(path)}-fault`].filter(Boolean).join(' ') || null,
  };
}

// --- A field --------------------------------------------------------------------------------------

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Formats a value for a text field. @param {any} value @returns {string} */
function text(value) {
  if (value === undefined) {
    return '';
  }
  return typeof value === 'string'
    ? value
    : Array.isArray(value) ? `[${value.map(one => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value);
}

/** Reads a text field: JSON if it is valid, else plain text, which the service rejects. @param {string} written */
function typed(written) {
  const trimmed = written.trim();
  try {
    return trimmed === '' ? undefined : JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

/** Rounds a default for display: 4/3 becomes 1.333. @param {any} value */
function rounding(value) {
  return Array.isArray(value) ? value.map(v => Number(v.toFixed(3))) : value;
}

/**
 * Sets a field of an object, or removes it if the value means the same as no value.
 *
 * @param {Record<string, any>} object
 * @param {Option} option
 * @param {any} value
 */
export function withField(object, option, value) {
  const made = {...object};
  const meansNone = same(value, option.default) || (option.neutral !== undefined && same(value, option.neutral));
  if (value === undefined || (meansNone && option.initial === undefined)) {
    delete made[option.name];
  } else {
    made[option.name] = value;
  }
  return made;
}

/**
 * @typedef {object} InputProps
 * @property {Option} option
 * @property {string} id
 * @property {any} value undefined: its default
 * @property {(value: any) => void} onValue
 * @property {Record<string, any>} attributes
 */

/** A text field for any JSON. The text stays as typed until the field loses focus. @param {InputProps & {onLeft?: () => void}} props */
function Box({option, id, value, onValue, attributes, onLeft}) {
  const [draft, setDraft] = useState(/** @type {{text: string, value: any} | null} */ (null));
  const isDraft = draft && same(draft.value, value);
  return h('input', {
    ...attributes,
    type: 'text',
    id,
    spellcheck: false,
    autocomplete: 'off',
    placeholder: option.example ?? '',
    value: isDraft ? draft.text : text(value ?? rounding(option.default)),
    onInput: (/** @type {any} */ e) => {
      const next = withField({}, option, typed(e.target.value))[option.name];
      setDraft({text: e.target.value, value: next});
      onValue(next);
    },
    onBlur: () => {
      setDraft(null);
      onLeft?.();
    },
  });
}

/** @param {Option} option @param {any} input @returns {number} */
function rounded(option, input) {
  return Number(Number(input.value).toFixed((String(option.step).split('.')[1] ?? '').length));
}

/** @param {InputProps & {name: string, place: number}} props */
function Slider({option, name, place: at, onValue, attributes}) {
  return h('input', {
    ...attributes,
    type: 'range',
    min: option.min,
    max: option.max,
    step: option.step,
    'aria-label': `${option.name}, ${name}`,
    value: at,
    onInput: (/** @type {any} */ e) => onValue(rounded(option, e.target)),
  });
}

/** @param {InputProps} props */
function NumberInput(props) {
  const {option, value} = props;
  const at = typeof value === 'number' ? value : option.default ?? option.min;
  return h(Fragment, null, h(Slider, {...props, name: 'slider', place: at}), h(Box, props));
}

/** @param {InputProps} props */
function PairInput(props) {
  const {option, value, onValue} = props;
  const isPair = Array.isArray(value) && value.length === 2 && value.every(v => typeof v === 'number');
  const [low, high] = isPair ? value : option.default ?? option.neutral ?? [option.min, option.max];
  return h(
    Fragment,
    null,
    h(
      'span',
      {class: 'handles'},
      h(Slider, {...props, name: 'lower', place: low, onValue: v => onValue([v, Math.max(v, high)])}),
      h(Slider, {...props, name: 'upper', place: high, onValue: v => onValue([Math.min(v, low), v])})),
    h(Box, props));
}

/** @param {InputProps} props */
function FlagInput({option, id, value, onValue, attributes}) {
  return h('input', {
    ...attributes,
    type: 'checkbox',
    id,
    checked: value ?? option.default,
    onChange: (/** @type {any} */ e) => onValue(e.target.checked),
  });
}

/** @param {InputProps} props */
function ChoiceInput({option, id, value, onValue, attributes}) {
  const chosen = value ?? option.default ?? '';
  const values = [...(option.optional ? [''] : []), ...option.values ?? []];
  return h(
    'select',
    {
      ...attributes,
      id,
      value: chosen,
      onChange: (/** @type {any} */ e) => onValue(e.target.value),
    },
    (values.includes(chosen) ? values : [...values, chosen]).map(one => h(
      'option', {key: one, value: one, selected: one === chosen}, one || option.example || 'none')));
}

const INPUTS = {number: NumberInput, pair: PairInput, flag: FlagInput, choice: ChoiceInput, json: Box};

/** Whether a checkbox or a drop-down list cannot show the value. @param {Option} option @param {any} value */
function isOdd(option, value) {
  return value !== undefined && (
    (option.kind === 'flag' && typeof value !== 'boolean') || (option.kind === 'choice' && typeof value !== 'string'));
}

/**
 * A field with its label, its input and its error.
 *
 * @param {{option: Option, path: string, label?: string, value: any, onValue: (value: any) => void, at: Placed | null}} props
 *     value: undefined means the default, also for onValue
 */
export function Field({option, path, label = option.name, value, onValue, at}) {
  const [isBoxed, setBoxed] = useState(false);
  const id = idOf(path);
  const hint = option.title ? `${id}-hint` : undefined;
  const kind = isOdd(option, value) || isBoxed ? 'json' : /** @type {keyof typeof INPUTS} */ (option.kind);
  const attributes = faultAttributes(at, path, hint);
  return h(
    'div',
    {class: `option of-${kind}`, 'data-path': path},
    h(
      'span',
      {class: 'option-name'},
      h('label', {for: id}, label),
      option.title && h('small', {id: hint, class: 'hint'}, option.title)),
    h(/** @type {typeof Box} */ (INPUTS[kind]), {
      option,
      id,
      value,
      onValue: next => {
        setBoxed(kind === 'json' && option.kind !== 'json');
        onValue(withField({}, option, next)[option.name]);
      },
      attributes,
      onLeft: () => setBoxed(false),
    }),
    h(FaultText, {at, path}));
}

/**
 * The fields of an object.
 *
 * @param {{options: Option[], object: Record<string, any>, path: string, onObject: (object: Record<string, any>) => void, at: Placed | null}} props
 */
export function Fields({options, object, path, onObject, at}) {
  return h(Fragment, null, options.map(option => h(Field, {
    key: option.name,
    option,
    path: path ? `${path}.${option.name}` : option.name,
    value: object[option.name],
    onValue: value => onObject(withField(object, option, value)),
    at,
  })));
}

// --- Transforms -----------------------------------------------------------------------------------

/**
 * A list of transforms, each with its fields, and a control that adds one.
 *
 * @param {{
 *   transforms: any,
 *   path: string,
 *   kind: Kind,
 *   outermost?: boolean,
 *   onTransforms: (transforms: any) => void,
 *   at: Placed | null,
 * }} props transforms: undefined is an empty list
 */
function TransformList({transforms, path, kind, outermost = false, onTransforms, at}) {
  const types = typesFor(kind, outermost);
  const [chosen, setChosen] = useState(types[0]);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const choice = useRef(/** @type {HTMLElement | null} */ (null));
  /** Finds the element that gets the focus after the list changes. */
  const next = useRef(/** @type {(() => HTMLElement | null | undefined) | null} */ (null));
  useLayoutEffect(() => {
    next.current?.()?.focus();
    next.current = null;
  });
  useEffect(() => setChosen(types[0]), [kind]);
  if (transforms !== undefined && !Array.isArray(transforms)) {
    return h(Field, {option: {kind: 'json', name: 'transforms'}, path, value: transforms, onValue: onTransforms, at});
  }
  /** @type {any[]} */
  const all = transforms ?? [];
  /** @param {number} i @param {string} name */
  const button = (i, name) => /** @type {HTMLElement | null | undefined} */ (
    list.current?.children[i]?.querySelector(`:scope > fieldset > .actions > [data-action="${name}"]:not(:disabled)`));
  /** @param {number} from @param {number} to */
  const move = (from, to) => {
    const moved = [...all];
    moved.splice(to, 0, ...moved.splice(from, 1));
    next.current = () => (to < from ? button(to, 'up') ?? button(to, 'down') : button(to, 'down') ?? button(to, 'up'));
    onTransforms(moved);
    announce(`${all[from]?.type ?? 'Transform'} moved to position ${to + 1} of ${all.length}`);
  };
  /** @param {number} i */
  const remove = i => {
    next.current = () => choice.current;
    onTransforms(all.toSpliced(i, 1));
    announce(`${all[i]?.type ?? 'Transform'} removed`);
  };
  const add = () => {
    next.current = () => list.current?.lastElementChild?.querySelector('input, select');
    onTransforms([...all, added(chosen, kind)]);
    announce(`${chosen} added`);
  };
  const id = `${idOf(path)}-add`;
  return h(
    'div',
    {class: 'transform-list', 'data-path': path},
    h('ol', {ref: list, class: 'transforms'}, all.map((transform, i) => h(Transform, {
      key: `${i} ${transform?.type}`,
      transform,
      path: `${path}[${i}]`,
      kind,
      onTransform: changed => onTransforms(all.with(i, changed)),
      up: i > 0 ? () => move(i, i - 1) : undefined,
      down: i < all.length - 1 ? () => move(i, i + 1) : undefined,
      remove: () => remove(i),
      at,
    }))),
    h(FaultText, {at, path}),
    h(
      'div',
      {class: 'adding'},
      h('label', {for: id, class: 'unseen'}, `Transform to add to ${path}`),
      h(
        'select',
        {ref: choice, id, value: chosen, ...faultAttributes(at, path), onChange: (/** @type {any} */ e) => setChosen(e.target.value)},
        types.map(type => h('option', {key: type, value: type, selected: type === chosen}, type))),
      h('button', {type: 'button', onClick: add}, 'Add')));
}

/**
 * @param {{
 *   transform: any,
 *   path: string,
 *   kind: Kind,
 *   onTransform: (transform: any) => void,
 *   up?: () => void,
 *   down?: () => void,
 *   remove: () => void,
 *   at: Placed | null,
 * }} props
 */
function Transform({transform, path, kind, onTransform, up, down, remove, at}) {
  const type = transform?.type;
  const options = isObject(transform) ? TRANSFORMS[type] : undefined;
  /** @param {string} id @param {string} sign @param {string} name @param {(() => void) | undefined} act */
  const action = (id, sign, name, act) => h(
    'button',
    {type: 'button', 'data-action': id, title: name, 'aria-label': `${name}: ${type ?? 'transform'}`, disabled: !act, onClick: act},
    sign);
  return h(
    'li',
    {},
    h(
      'fieldset',
      {'data-path': options ? path : null},
      h('legend', {}, type ?? '?'),
      h(
        'div',
        {class: 'actions'},
        action('up', '↑', 'Move up', up),
        action('down', '↓', 'Move down', down),
        action('remove', '✕', 'Remove', remove)),
      options
        ? [
          h(FaultText, {key: 'fault', at, path}),
          options.map(option => option.kind === 'transforms'
            ? h(TransformList, {
              key: option.name,
              transforms: transform[option.name],
              path: `${path}.${option.name}`,
              kind,
              onTransforms: changed => onTransform({...transform, [option.name]: changed}),
              at,
            })
            : h(Fields, {key: option.name, options: [option], object: transform, path, onObject: onTransform, at})),
        ]
        // A transform without controls is kept and edited as JSON.
        : h(Field, {option: {kind: 'json', name: 'transform'}, path, value: transform, onValue: v => onTransform(v ?? {}), at})));
}

// --- All controls ---------------------------------------------------------------------------------

/** Opens a details element when an error occurs inside it. The user may close it again. @param {boolean} hasFault */
export function useFold(hasFault) {
  const fold = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    if (hasFault && fold.current) {
      fold.current.open = true;
    }
  }, [hasFault]);
  return fold;
}

/** @param {{group: Group, value: Record<string, any>, onChange: (value: Record<string, any>) => void, at: Placed | null}} props */
function KerasFields({group, value, onChange, at}) {
  const fold = useFold(group.fields.some(option => at?.path === `${ROOT}.${option.name}`));
  return h(
    'details',
    {ref: fold, class: 'card', open: !group.closed},
    h('summary', {}, h('h2', {}, group.title)),
    group.hint && h('p', {class: 'hint'}, group.hint),
    h(Fields, {options: group.fields, object: value, path: ROOT, onObject: onChange, at}));
}

/**
 * All controls of an augmentation. It shows the errors of its own fields, each once.
 *
 * @param {{
 *   value: Record<string, any> | undefined,
 *   onChange: (value: Record<string, any>) => void,
 *   kind: Kind,
 *   fault: Fault | null,
 * }} props
 */
export function Augmentation({value, onChange, kind, fault}) {
  const own = isObject(value) ? value : {};
  const at = place(fault, pathsOf(own, kind));
  return h(
    'div',
    {class: 'augmentation'},
    h(FaultText, {at, path: ROOT}),
    kind === 'images' && KERAS.map(group => h(KerasFields, {key: group.title, group, value: own, onChange, at})),
    h(
      Card,
      {title: kind === 'images' ? 'Further transforms' : 'Transforms', hint: kind === 'images' ? 'applied after the fields above, in this order' : 'applied in this order'},
      h(TransformList, {
        transforms: own.transforms,
        path: `${ROOT}.transforms`,
        kind,
        outermost: true,
        onTransforms: transforms => onChange(withField(own, {kind: 'transforms', name: 'transforms', default: []}, transforms)),
        at,
      })));
}
