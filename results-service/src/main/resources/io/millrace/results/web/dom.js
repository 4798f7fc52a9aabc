// Elements, made without HTML from strings: whatever a user has named is text.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [attributes] `on…` are listeners, booleans are there or not
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, any>} attributes
 * @param {(Child | Child[])[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...some(children));
  return element;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]} those that are any
 */
function some(children) {
  return children
    .flat()
    .filter(child => child !== null && child !== undefined && child !== false)
    .map(child => (typeof child === 'number' ? String(child) : /** @type {Node | string} */ (child)));
}

/**
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function replace(element, ...children) {
  element.replaceChildren(...some(children));
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`there is no #${id}`);
  }
  return found;
}

/** @param {string} text for those who hear the page */
export function announce(text) {
  byId('announce').textContent = text;
}

/**
 * What a page shows where it has nothing, or nothing good, to show.
 *
 * @param {string} title
 * @param {...Child} more
 */
export function note(title, ...more) {
  return h('div', {class: 'note'}, h('p', {}, h('strong', {}, title)), ...more.map(m => m && h('p', {}, m)));
}

/**
 * A group of which one is chosen.
 *
 * @param {string} label
 * @param {[string, string][]} choices value and text
 * @param {string} chosen
 * @param {(value: string) => void} onChoice
 */
export function segments(label, choices, chosen, onChoice) {
  const name = `choice-${label.replace(/\W+/g, '-')}`;
  return h(
    'div',
    {class: 'group', role: 'radiogroup', 'aria-label': label},
    h(
      'span',
      {class: 'segments'},
      choices.map(([value, text]) => h(
        'label',
        {},
        h('input', {type: 'radio', name, value, checked: value === chosen, onchange: () => onChoice(value)}),
        text))));
}

/**
 * @param {string} state
 * @param {string} [reason]
 */
export function stateMark(state, reason) {
  return h('span', {class: 'state', 'data-state': state, title: reason}, state.toLowerCase());
}

/**
 * @param {[string, string][]} trail address and text, the last one without an address
 */
export function crumbs(trail) {
  return h(
    'nav',
    {class: 'crumbs', 'aria-label': 'Where this is'},
    trail.map(([href, text], i) => [
      i > 0 && h('span', {'aria-hidden': 'true'}, '/'),
      href ? h('a', {href}, text) : h('span', {'aria-current': 'page'}, text),
    ]).flat());
}

/**
 * An answer with its evidence, which stands in brackets, set apart.
 *
 * @param {string | undefined} answer
 * @returns {Child[]}
 */
export function answerParts(answer) {
  const text = answer ?? 'No run has ended yet.';
  return text.split(/( \([^()]*\))/).map((part, i) => i % 2 ? h('span', {class: 'evidence'}, part) : part);
}

/**
 * The rows of a table's head.
 *
 * @param {...(string | [string, Record<string, any>])} columns
 */
export function head(...columns) {
  return h('thead', {}, h('tr', {}, columns.map(column => {
    const [text, attributes] = Array.isArray(column) ? column : [column, {}];
    return h('th', {scope: 'col', ...attributes}, text);
  })));
}
