// Elements and small components that all pages use.

import {Fragment, h, render} from './vendor/preact/preact.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';
import {Refusal} from './api.js';

export {Fragment, h, render};

/** @typedef {import('./vendor/preact/preact.js').Child} Child */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no element #${id}`);
  }
  return found;
}

/** @param {string} text read out by screen readers */
export function announce(text) {
  byId('announce').textContent = text;
}

/** @param {unknown} e @returns {string} the error message */
export function problemOf(e) {
  if (!(e instanceof Refusal)) {
    console.error(e);
    return String(e);
  }
  return e.field && !e.message.startsWith(e.field) ? `${e.field}: ${e.message}` : e.message;
}

/**
 * A message in place of content.
 *
 * @param {{title: string, children?: Child}} props
 */
export function Note({title, children}) {
  const more = [children].flat().filter(Boolean);
  return h('div', {class: 'note'}, h('p', {}, h('strong', {}, title)), ...more.map(m => h('p', {}, m)));
}

/** An error message, or nothing. @param {{text: string | null | undefined}} props */
export function Problem({text}) {
  return text ? h('p', {class: 'problem', role: 'alert'}, text) : null;
}

/**
 * A section of a page with a heading.
 *
 * @param {{title: string, label?: string, hint?: Child, tools?: Child, class?: string, children?: Child}} props
 */
export function Card({title, label = title, hint, tools, class: style = '', children}) {
  return h(
    'section',
    {class: `card ${style}`.trim(), 'aria-label': label},
    h('header', {}, h('h2', {}, title), hint && h('span', {class: 'hint'}, hint), tools),
    children);
}

/**
 * A group of choices, with one chosen.
 *
 * @param {{label: string, choices: [string, string][], chosen: string, onChoice: (value: string) => void}} props choices: value and text
 */
export function Segments({label, choices, chosen, onChoice}) {
  const name = `choice-${label.replace(/\W+/g, '-')}`;
  return h(
    'div',
    {class: 'group', role: 'radiogroup', 'aria-label': label},
    h(
      'span',
      {class: 'segments'},
      choices.map(([value, text]) => h(
        'label',
        {key: value},
        h('input', {type: 'radio', name, value, checked: value === chosen, onChange: () => onChoice(value)}),
        text))));
}

/** @param {{label: string, values: string[], chosen: string | undefined, onChoice: (value: string) => void}} props */
export function Select({label, values, chosen, onChoice}) {
  const all = chosen && !values.includes(chosen) ? [chosen, ...values] : values;
  return all.length > 0 && h(
    'label',
    {},
    label,
    h(
      'select',
      {value: chosen, onChange: (/** @type {any} */ e) => onChoice(e.target.value)},
      all.map(value => h('option', {key: value, value, selected: value === chosen}, value))));
}

/** @param {{state: string, reason?: string}} props */
export function StateMark({state, reason}) {
  return h('span', {class: 'state', 'data-state': state, title: reason}, state.toLowerCase());
}

/** @param {{trail: [string, string][]}} props URL and text; the last one has no URL */
export function Crumbs({trail}) {
  return h(
    'nav',
    {class: 'crumbs', 'aria-label': 'Breadcrumbs'},
    trail.map(([href, text], i) => [
      i > 0 && h('span', {'aria-hidden': 'true'}, '/'),
      href ? h('a', {href}, text) : h('span', {'aria-current': 'page'}, text),
    ]));
}

/**
 * A text in which no name is broken at its hyphens, unless it is longer than the line.
 *
 * @param {{text: string}} props
 */
export function Names({text}) {
  return h(Fragment, null, text.split(/(\S+-\S+)/).map((part, i) => (i % 2 ? h('span', {class: 'name'}, part) : part)));
}

/** An answer. Its evidence, in parentheses, is set in smaller type. @param {{text: string | undefined}} props */
export function Answer({text}) {
  return h(Fragment, null, (text ?? 'No run has ended yet.')
    .split(/( \([^()]*\))/)
    .map((part, i) => (i % 2 ? h('span', {class: 'evidence'}, h(Names, {text: part})) : h(Names, {text: part}))));
}

/**
 * The header row of a table.
 *
 * @param {{columns: (string | [Child, Record<string, any>] | false | null | undefined)[]}} props
 */
export function Head({columns}) {
  return h('thead', {}, h('tr', {}, columns.map(column => {
    if (!column) {
      return null;
    }
    const [text, attributes] = Array.isArray(column) ? column : [column, {}];
    return h('th', {scope: 'col', ...attributes}, text);
  })));
}

/**
 * A table that scrolls sideways, also by keyboard, with a shadow where columns are hidden.
 *
 * @param {{label: string, class?: string, children?: Child}} props
 */
export function Scroll({label, class: style = '', children}) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [sides, setSides] = useState('');
  useEffect(() => {
    const own = place.current;
    if (!own) {
      return undefined;
    }
    const look = () => {
      const rest = own.scrollWidth - own.clientWidth;
      const left = own.scrollLeft > 1;
      const right = own.scrollLeft < rest - 1;
      setSides(rest <= 1 ? '' : left && right ? 'both' : left ? 'left' : 'right');
    };
    look();
    own.addEventListener('scroll', look, {passive: true});
    const sizes = new ResizeObserver(look);
    sizes.observe(own);
    if (own.firstElementChild) {
      sizes.observe(own.firstElementChild);
    }
    return () => {
      own.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, []);
  return h(
    'div',
    {class: 'scroll-frame', 'data-more': sides || null},
    h(
      'div',
      {
        ref: place,
        class: `scroll ${style}`.trim(),
        tabindex: sides ? 0 : null,
        role: sides ? 'region' : null,
        'aria-label': sides ? `${label}, scrolls sideways` : null,
      },
      children),
    sides && h('p', {class: 'scroll-hint hint', 'aria-hidden': 'true'}, sides === 'left' ? '← more columns' : 'more columns →'));
}

/** Links that download the numbers of a page or a section. @param {{url: string, more?: Child}} props */
export function Exports({url, more}) {
  const join = url.includes('?') ? '&' : '?';
  return h(
    'span',
    {class: 'hint exports'},
    h('a', {href: `${url}${join}format=csv`, download: ''}, 'CSV'),
    ' · ',
    h('a', {href: `${url}${join}format=jsonl`, download: ''}, 'JSON lines'),
    more && [' · ', more]);
}

/** A button that copies a text. @param {{text: string, label?: string}} props */
export function Copy({text, label = 'Copy'}) {
  const [shown, setShown] = useState(label);
  return h('button', {
    type: 'button',
    onClick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        setShown('Copied');
        announce('Copied');
      } catch {
        setShown('Copying is blocked');
      }
    },
  }, shown);
}

/**
 * Downloads a file that the page has made.
 *
 * @param {string} name
 * @param {Blob} content
 */
export function save(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
