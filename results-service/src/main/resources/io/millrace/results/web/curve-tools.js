// How curves are looked at; the address keeps it.

import {h, segments} from './dom.js';

/**
 * @typedef {object} View
 * @property {'epoch' | 'step' | 'time'} x
 * @property {boolean} log
 * @property {number} smooth 0 is not at all
 */

const MAX_SMOOTH = 0.99;

/** @returns {URLSearchParams} */
export function parameters() {
  return new URLSearchParams(location.search);
}

/** @param {Record<string, string | null>} changes null removes */
export function keep(changes) {
  const query = parameters();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : '') + location.hash);
}

/** @param {'epoch' | 'step'} x unless the address says otherwise @returns {View} */
export function view(x) {
  const query = parameters();
  const chosen = query.get('x');
  const smooth = Number(query.get('smooth') ?? 0);
  return {
    x: chosen === 'epoch' || chosen === 'step' || chosen === 'time' ? chosen : x,
    log: query.get('log') === '1',
    smooth: smooth > 0 && smooth <= MAX_SMOOTH ? smooth : 0,
  };
}

/** The x of a chart in words. @param {View['x']} x @param {number} value @returns {string} */
export function writtenX(x, value) {
  if (x === 'time') {
    return value < 120 ? `${+value.toFixed(1)} s` : value < 7200 ? `${+(value / 60).toFixed(1)} min` : `${+(value / 3600).toFixed(1)} h`;
  }
  return value >= 10_000 ? `${+(value / 1000).toFixed(1)}k` : String(+value.toFixed(2));
}

/**
 * @param {View} now changed in place
 * @param {(change: keyof View) => void} onChange
 */
export function curveTools(now, onChange) {
  const said = h('output', {}, now.smooth ? now.smooth.toFixed(2) : 'off');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;
  return [
    segments('x axis', [['epoch', 'epoch'], ['step', 'step'], ['time', 'time']], now.x, x => {
      now.x = /** @type {View['x']} */ (x);
      keep({x});
      onChange('x');
    }),
    h(
      'label',
      {},
      h('input', {
        type: 'checkbox',
        checked: now.log,
        onchange: (/** @type {any} */ e) => {
          now.log = e.target.checked;
          keep({log: now.log ? '1' : null});
          onChange('log');
        },
      }),
      'log scale'),
    h(
      'label',
      {},
      'smoothing',
      h('input', {
        type: 'range', min: 0, max: MAX_SMOOTH, step: 0.01, value: now.smooth,
        oninput: (/** @type {any} */ e) => {
          now.smooth = Number(e.target.value);
          said.textContent = now.smooth ? now.smooth.toFixed(2) : 'off';
          clearTimeout(rest);
          rest = setTimeout(() => {
            keep({smooth: now.smooth ? String(now.smooth) : null});
            onChange('smooth');
          }, 120);
        },
      }),
      said),
  ];
}

/** Links to the same numbers as files. @param {string} url @returns {HTMLElement} */
export function exports(url) {
  const join = url.includes('?') ? '&' : '?';
  return h(
    'span',
    {class: 'hint'},
    h('a', {href: `${url}${join}format=csv`, download: ''}, 'CSV'),
    ' · ',
    h('a', {href: `${url}${join}format=jsonl`, download: ''}, 'JSON lines'));
}
