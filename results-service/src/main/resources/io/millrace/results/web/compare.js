// Compares runs or variants: the differences between their requests, their metrics, their curves.

import {address, get} from './api.js';
import {Legend, look} from './chart.js';
import {CurveTools, Figure, axesOf, parameters, useHidden, useView} from './curves.js';
import {lineOf} from './experiment.js';
import {duration, number, spread} from './format.js';
import {MOST_COMPARED} from './run-table.js';
import {Card, Crumbs, Head, Names, Note, Problem, Scroll, h, problemOf, render} from './ui.js';
import {layerText, ofMetric, valueText, verdictOf} from './variants.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').ExperimentCurves} ExperimentCurves */
/** @typedef {import('./types').HistoryColumns} HistoryColumns */
/** @typedef {import('./types').Json} Json */
/** @typedef {import('./chart.js').Line} Line */
/** @typedef {import('./ui.js').Child} Child */
/** @typedef {import('./curves.js').View} View */

/**
 * A run or a variant in a comparison.
 *
 * @typedef {object} Side
 * @property {string} name
 * @property {string} href
 * @property {{[name: string]: Json}} request
 * @property {[string, Child][]} numbers by name
 */

const POINTS = 500;
/** Fields that name or manage a run. The comparison of requests leaves them out. */
const NAMES = ['run', 'experiment', 'variant', 'tags', 'priority', 'extend'];

/**
 * A request's values by path. All layers are one value, with a line for each layer.
 *
 * @param {Json} value
 * @param {string} path
 * @returns {[string, string][]}
 */
function flat(value, path) {
  if (path === 'model.layers' && Array.isArray(value)) {
    return [[path, value.map(layer => layerText(/** @type {any} */ (layer))).join('\n')]];
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value)
      .filter(([name]) => path !== '' || !NAMES.includes(name))
      .flatMap(([name, within]) => flat(within, path ? `${path}.${name}` : name));
  }
  return [[path, path === 'model.keras' ? JSON.stringify(value) : valueText(value)]];
}

/** The fields in which the requests differ. @param {{sides: Side[]}} props */
function Requests({sides}) {
  const flats = sides.map(side => new Map(flat(side.request, '')));
  const paths = [...new Set(flats.flatMap(one => [...one.keys()]))].sort()
    .filter(path => new Set(flats.map(one => one.get(path))).size > 1);
  if (paths.length === 0) {
    return h('p', {}, 'The requests are identical.');
  }
  return h(Scroll, {label: 'Requests'}, h(
    'table',
    {class: 'requests'},
    h('caption', {class: 'unseen'}, 'Fields that differ'),
    h(Head, {columns: [['field', {class: 'first'}], ...sides.map(side => side.name)]}),
    h('tbody', {}, paths.map(path => h(
      'tr',
      {key: path},
      h('th', {scope: 'row', class: 'first'}, h('code', {}, path)),
      flats.map((one, i) => {
        // Highlight the layers that the other request lacks.
        const others = new Set((flats[i === 0 ? 1 : 0].get(path) ?? '').split('\n'));
        return h('td', {}, one.has(path)
          ? (one.get(path) ?? '').split('\n').map(line => h('div', {}, others.has(line) ? line : h('ins', {}, line)))
          : h('span', {class: 'soft'}, 'not set'));
      }))))));
}

/** @param {{sides: Side[]}} props */
function Numbers({sides}) {
  const names = [...new Set(sides.flatMap(side => side.numbers.map(([name]) => name)))];
  return h(Scroll, {label: 'Metrics'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Metrics'),
    h(Head, {columns: [['metric', {class: 'first'}], ...sides.map(side => /** @type {[string, any]} */ ([side.name, {class: 'num'}]))]}),
    h('tbody', {}, names.map(name => h(
      'tr',
      {key: name},
      h('th', {scope: 'row', class: 'first'}, name),
      sides.map(side => h('td', {class: 'num'}, side.numbers.find(([own]) => own === name)?.[1] ?? '–')))))));
}

/**
 * @param {{
 *   title: string,
 *   trail: [string, string][],
 *   sides: Side[],
 *   curves: (view: View) => Promise<[string, Line[]][]>,
 *   shown: () => void,
 * }} props curves: loads the lines of each metric; shown: called once everything is loaded
 */
function ComparePage({title, trail, sides, curves, shown}) {
  const [view, change] = useView('epoch');
  const [hidden, toggle] = useHidden();
  const [drawn, setDrawn] = useState(/** @type {[string, Line[]][]} */ ([]));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    curves(view).then(setDrawn, e => setProblem(problemOf(e))).then(shown);
  }, [view.x, view.smooth]);
  const looks = sides.map((side, i) => ({label: side.name, x: [], y: [], hidden: hidden.has(side.name), ...look(i)}));
  return [
    h('div', {class: 'head'}, h(Crumbs, {trail}), h('h1', {}, h(Names, {text: title}))),
    h(Problem, {text: problem}),
    h(
      Card,
      {title: 'Differences', hint: 'between the requests'},
      h('p', {class: 'facts'}, sides.map(side => h('a', {key: side.name, href: side.href}, side.name))),
      h(Requests, {sides})),
    h(Card, {title: 'Metrics'}, h(Numbers, {sides})),
    h(
      'section',
      {class: 'card', 'aria-label': 'Curves'},
      h('div', {class: 'tools'}, h(CurveTools, {view, change})),
      h(Legend, {lines: looks, onToggle: toggle}),
      h('div', {class: 'pair'}, drawn.map(([metric, lines]) => h(Figure, {
        key: metric,
        title: metric.replaceAll('_', ' '),
        name: `compare-${metric}`,
        axes: axesOf(view, metric, metric, 'The curves start with the first completed epoch.'),
        lines: lines.map(line => ({...line, hidden: hidden.has(line.label), ...look(Math.max(0, sides.findIndex(side => side.name === line.label)))})),
        sync: 'compare',
        zoom: view.zoom,
        onZoom: zoom => change({zoom}),
      })))),
  ];
}

/** Training metrics, each followed by its validation metric. @param {Iterable<string>} names */
function ordered(names) {
  const all = [...new Set(names)].filter(name => name !== 'learning_rate');
  const bare = all.filter(name => !name.startsWith('val_'));
  return bare.flatMap(name => [name, `val_${name}`].filter(one => all.includes(one)));
}

/** @param {string[]} names @returns {Promise<Parameters<typeof ComparePage>[0]>} */
async function ofRuns(names) {
  const runs = /** @type {RunView[]} */ (await Promise.all(names.map(name => get(['runs', name]))));
  const experiments = new Set(runs.map(run => run.experiment));
  const [experiment] = experiments;
  return {
    title: `${runs.length} runs side by side`,
    trail: [
      ['/ui/', 'Experiments'],
      .../** @type {[string, string][]} */ (experiments.size === 1 && experiment ? [[address(['ui', 'experiments', experiment]), experiment]] : []),
      ['', 'Compare'],
    ],
    sides: runs.map(run => ({
      name: run.run,
      href: address(['ui', 'runs', run.run]),
      request: run.request ?? {},
      numbers: [
        ['state', run.state.toLowerCase()],
        ...Object.entries(run.test ?? {}).map(([name, value]) => /** @type {[string, Child]} */ ([`test ${name}`, number(value)])),
        ...Object.entries(run.metrics ?? {}).filter(([name]) => name !== 'learning_rate').map(([name, value]) => /** @type {[string, Child]} */ ([name.replaceAll('_', ' '), number(value)])),
        ['epochs', run.epochs_done],
        ['time', duration(run.seconds)],
      ],
    })),
    curves: async view => {
      const histories = /** @type {HistoryColumns[]} */ (await Promise.all(names.map(name => get(['runs', name, 'history'], {points: POINTS, smooth: view.smooth || null}))));
      return ordered(histories.flatMap(one => Object.keys(one.metrics))).map(metric => [metric, histories.flatMap((one, i) => {
        const start = Date.parse(runs[i].started_at ?? one.at[0] ?? '');
        const x = view.x === 'epoch' ? one.epoch.map(epoch => epoch + 1) : view.x === 'step' ? one.step : one.at.map(at => (Date.parse(at) - start) / 1000);
        const y = one.smoothed?.[metric] ?? one.metrics[metric];
        return y ? [{label: one.run, x, y}] : [];
      })]);
    },
    shown: () => {},
  };
}

/** @param {string} experiment @param {string[]} names @returns {Promise<Parameters<typeof ComparePage>[0]>} */
async function ofVariants(experiment, names) {
  const path = ['experiments', experiment];
  const found = /** @type {ExperimentView} */ (await get(path, {baseline: names[0]}));
  const variants = names.map(name => found.variants.find(one => one.variant === name)).filter(one => one !== undefined);
  const runs = /** @type {RunView[]} */ (await Promise.all(variants.map(variant => get(['runs', variant.runs[0].run]))));
  const metrics = [...new Set(variants.flatMap(variant => [
    ...Object.keys(variant.test ?? {}).map(name => `test_${name}`), ...Object.keys(variant.last_epoch ?? {}).filter(name => name !== 'learning_rate'),
  ]))];
  /** @param {string} x @param {number} smooth @param {string} metric */
  const curveOf = async (x, smooth, metric) => {
    const answer = /** @type {ExperimentCurves} */ (await get([...path, 'curves'], {metric, x, points: POINTS, smooth: smooth || null}));
    return answer.variants.filter(one => names.includes(one.variant)).map(one => lineOf(one, x, 'std'));
  };
  return {
    title: `${variants.length} variants side by side`,
    trail: [['/ui/', 'Experiments'], [address(['ui', ...path]), experiment], ['', 'Compare']],
    sides: variants.map((variant, i) => ({
      name: variant.variant,
      href: address(['ui', 'runs', variant.runs[0].run]),
      request: Object.fromEntries(Object.entries(runs[i].request ?? {}).filter(([name]) => name !== 'seed')),
      numbers: [
        ['runs', variant.runs.length],
        [`verdict against ${names[0]}`, verdictOf(variant.comparison?.verdict)[0] || '–'],
        ...metrics.map(metric => /** @type {[string, Child]} */ ([metric.replaceAll('_', ' '), spread(ofMetric(variant, metric)).join(' ')])),
        ['seconds', spread(variant.seconds, 3).join(' ')],
      ],
    })),
    curves: view => Promise.all(ordered(variants.flatMap(one => Object.keys(one.last_epoch ?? {}))).map(
      async metric => /** @type {[string, Line[]]} */ ([metric, await curveOf(view.x, view.smooth, metric)]))),
    shown: () => {},
  };
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main) {
    document.title = 'Compare · Millrace';
    const query = parameters();
    const experiment = query.get('experiment');
    const names = [...new Set(query.getAll(experiment ? 'variant' : 'run'))];
    if (names.length < 2 || names.length > MOST_COMPARED) {
      render([h('h1', {}, 'Compare'), h(Note, {title: `Choose 2 to ${MOST_COMPARED} runs or variants.`}, h('a', {href: '/ui/runs'}, 'All runs'))], main);
      return;
    }
    const sides = await (experiment ? ofVariants(experiment, names) : ofRuns(names));
    await new Promise(shown => {
      render(h(ComparePage, {...sides, shown: () => shown(null)}), main);
    });
  },
};
