// The view of a page's curves (x axis, log scale, smoothing, zoom), its controls, and charts that share it.

import {Legend, Lines} from './chart.js';
import {chartFiles} from './chart-file.js';
import {Fragment, Segments, h} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./chart.js').Line} Line */
/** @typedef {import('./chart.js').Axes} Axes */
/** @typedef {import('./chart.js').Zoom} Zoom */

/**
 * @typedef {object} View
 * @property {'epoch' | 'step' | 'time'} x
 * @property {boolean} log
 * @property {number} smooth 0: off
 * @property {Zoom | null} zoom
 */

const MAX_SMOOTH = 0.99;
const REST_MS = 120;

/** @returns {URLSearchParams} */
export function parameters() {
  return new URLSearchParams(location.search);
}

/** Changes query parameters of the page's URL. @param {Record<string, string | string[] | null>} changes null removes */
export function keep(changes) {
  const query = parameters();
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of [value].flat()) {
      if (one !== null && one !== '') {
        query.append(name, one);
      }
    }
  }
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : '') + location.hash);
}

/** The view in the page's URL. @param {'epoch' | 'step'} x the default @returns {View} */
export function viewOf(x) {
  const query = parameters();
  const chosen = query.get('x');
  const smooth = Number(query.get('smooth') ?? 0);
  const zoom = (query.get('zoom') ?? '').split('..').map(Number);
  return {
    x: chosen === 'epoch' || chosen === 'step' || chosen === 'time' ? chosen : x,
    log: query.get('log') === '1',
    smooth: smooth > 0 && smooth <= MAX_SMOOTH ? smooth : 0,
    zoom: zoom.length === 2 && zoom.every(Number.isFinite) && zoom[0] < zoom[1] ? [zoom[0], zoom[1]] : null,
  };
}

/**
 * The view of a page's curves. The page's URL stores it.
 *
 * @param {'epoch' | 'step'} x the default
 * @returns {[View, (changes: Partial<View>) => void]}
 */
export function useView(x) {
  const [view, setView] = useState(() => viewOf(x));
  /** @param {Partial<View>} changes */
  const change = changes => {
    // A zoom belongs to one x axis.
    const all = 'x' in changes ? {...changes, zoom: null} : changes;
    setView(before => ({...before, ...all}));
    const {x: axis, log, smooth, zoom} = {...view, ...all};
    keep({
      x: axis === x ? null : axis,
      log: log ? '1' : null,
      smooth: smooth ? String(smooth) : null,
      zoom: zoom && zoom.map(value => Number(value.toPrecision(6))).join('..'),
    });
  };
  return [view, change];
}

/** Formats an x value. @param {View['x']} x @param {number} value @returns {string} */
export function writtenX(x, value) {
  if (x === 'time') {
    return value < 120 ? `${+value.toFixed(1)} s` : value < 7200 ? `${+(value / 60).toFixed(1)} min` : `${+(value / 3600).toFixed(1)} h`;
  }
  return value >= 10_000 ? `${+(value / 1000).toFixed(1)}k` : String(+value.toFixed(2));
}

/** Titles of the x axis. @type {Record<View['x'], string>} */
const X_TITLES = {epoch: 'epoch', step: 'step', time: 'time since the start'};

/**
 * The axes of a curve.
 *
 * @param {View} view
 * @param {string} label
 * @param {string} metric
 * @param {string} empty the text in place of a chart without data
 * @returns {Axes}
 */
export function axesOf(view, label, metric, empty) {
  return {
    label: `${label} by ${X_TITLES[view.x]}`,
    xTitle: X_TITLES[view.x],
    yTitle: metric,
    empty,
    x: x => writtenX(view.x, x),
    whole: view.x !== 'time',
    log: view.log,
  };
}

/** @param {{view: View, change: (changes: Partial<View>) => void}} props */
export function CurveTools({view, change}) {
  const [smooth, setSmooth] = useState(view.smooth);
  const rest = useRef(0);
  useEffect(() => () => clearTimeout(rest.current), []);
  return h(
    Fragment,
    null,
    h(Segments, {
      label: 'x axis',
      choices: [['epoch', 'epoch'], ['step', 'step'], ['time', 'time']],
      chosen: view.x,
      onChoice: x => change({x: /** @type {View['x']} */ (x)}),
    }),
    h(
      'label',
      {},
      h('input', {type: 'checkbox', checked: view.log, onChange: (/** @type {any} */ e) => change({log: e.target.checked})}),
      'log scale'),
    h(
      'label',
      {},
      'smoothing',
      h('input', {
        type: 'range', min: 0, max: MAX_SMOOTH, step: 0.01, value: smooth,
        onInput: (/** @type {any} */ e) => {
          const value = Number(e.target.value);
          setSmooth(value);
          clearTimeout(rest.current);
          rest.current = setTimeout(() => change({smooth: value}), REST_MS);
        },
      }),
      h('output', {}, smooth ? smooth.toFixed(2) : 'off')),
    view.zoom && h('button', {type: 'button', onClick: () => change({zoom: null})}, 'Show all'));
}

/**
 * The labels of the lines that are switched off. Charts of a page may share it.
 *
 * @returns {[Set<string>, (label: string) => void]}
 */
export function useHidden() {
  const [hidden, setHidden] = useState(() => /** @type {Set<string>} */ (new Set()));
  /** @param {string} label */
  const toggle = label => setHidden(before => {
    const after = new Set(before);
    if (!after.delete(label)) {
      after.add(label);
    }
    return after;
  });
  return [hidden, toggle];
}

/**
 * A chart with its title, its own legend unless the page has one, and buttons that save it.
 *
 * @param {{
 *   title: string,
 *   axes: Axes,
 *   lines: Line[],
 *   sync?: string,
 *   short?: boolean,
 *   zoom?: Zoom | null,
 *   onZoom?: (zoom: Zoom | null) => void,
 *   onToggle?: (label: string) => void,
 *   name: string,
 * }} props name: base name of the saved files
 */
export function Figure({title, axes, lines, sync, short, zoom, onZoom, onToggle, name}) {
  return h(
    'figure',
    {class: 'figure'},
    h(
      'figcaption',
      {class: 'tools'},
      h('h2', {}, title),
      onToggle && h(Legend, {lines: lines.filter(l => !l.faint), onToggle}),
      h('span', {class: 'hint exports'}, chartFiles({title, axes, lines, zoom: zoom ?? null, name}))),
    h(Lines, {axes, lines, sync, short, zoom, onZoom}));
}
