// A sweep or a search: the metric against each parameter, all parameters at once, and their importance.

import {address, get} from './api.js';
import {pictureFiles, standalone} from './chart-file.js';
import {keep, parameters as ofAddress} from './curves.js';
import {number, tick} from './format.js';
import {scaleOf} from './scales.js';
import {Card, Exports, Head, Problem, Scroll, Select, h, problemOf} from './ui.js';
import {shortOf} from './variants.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').Parameters} Parameters */
/** @typedef {import('./types').SweepParameter} SweepParameter */
/** @typedef {import('./types').SweepPoint} SweepPoint */
/** @typedef {import('./types').Json} Json */

/** Runs of one variant that differ only in their seeds. @typedef {{variant: string, values: {[path: string]: Json}, runs: SweepPoint[], mean: number, min: number, max: number}} Spot */

const WIDTH = 760;
const HEIGHT = 340;
const BOX = {left: 74, top: 14, right: WIDTH - 16, bottom: HEIGHT - 48};
/** With fewer settings than this, the table of variants is enough. */
const FEWEST = 4;
/** An experiment is a sweep if a number has VALUES values, or if it has SETTINGS settings. */
const VALUES = 3;
const SETTINGS = 8;
/** The most axes next to each other that stay readable. */
const MOST_AXES = 8;

/** @param {SweepPoint[]} points @returns {Spot[]} the settings that have a value */
function spotsOf(points) {
  /** @type {Map<string, SweepPoint[]>} */
  const groups = new Map();
  for (const point of points) {
    if (typeof point.value === 'number') {
      const key = JSON.stringify([point.variant, point.values]);
      groups.set(key, [...(groups.get(key) ?? []), point]);
    }
  }
  return [...groups.values()].map(runs => {
    const values = runs.map(run => Number(run.value));
    return {
      variant: runs[0].variant,
      values: runs[0].values,
      runs,
      mean: values.reduce((a, b) => a + b, 0) / values.length,
      min: Math.min(...values),
      max: Math.max(...values),
    };
  });
}

/**
 * The axis of a parameter.
 *
 * @param {SweepParameter} parameter
 * @param {Spot[]} spots
 * @returns {{at: (value: Json | undefined) => number, marks: [number, string][]}} positions from 0 to 1
 */
function axisOf({field, scale}, spots) {
  const values = spots.map(spot => spot.values[field]);
  if (scale !== 'category') {
    const numbers = scaleOf(values.filter(v => typeof v === 'number'), {log: scale === 'log'});
    return {
      at: value => (typeof value === 'number' ? numbers.at(value) : -1),
      marks: numbers.marks.map(mark => [numbers.at(mark), tick(mark)]),
    };
  }
  const names = [...new Set(values.map(text))].sort();
  return {
    at: value => (names.indexOf(text(value)) + 0.5) / names.length,
    marks: names.map((name, i) => [(i + 0.5) / names.length, name]),
  };
}

/** @param {Json | undefined} value */
function text(value) {
  return value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** @param {string} name @param {number} [most] */
function cut(name, most = 16) {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** @param {Spot} spot @param {string} metric */
function inWords(spot, metric) {
  const values = Object.entries(spot.values).map(([field, value]) => `${shortOf(field)} ${typeof value === 'number' ? number(value) : text(value)}`);
  const seeds = spot.runs.length > 1 ? ` (${number(spot.min)} to ${number(spot.max)} over ${spot.runs.length} seeds)` : '';
  return `${values.join(', ')}: ${metric} ${number(spot.mean)}${seeds}`;
}

/**
 * A drawing with buttons that save it.
 *
 * @param {{title: string, name: string, label: string, height?: number, tools?: import('./ui.js').Child, links?: boolean, children?: import('./ui.js').Child}} props links: whether it contains links
 */
function Picture({title, name, label, height = HEIGHT, tools, links = false, children}) {
  const drawn = useRef(/** @type {SVGElement | null} */ (null));
  return h(
    'figure',
    {class: 'figure'},
    h(
      'figcaption',
      {class: 'tools'},
      h('h3', {}, title),
      tools,
      h('span', {class: 'hint exports'}, pictureFiles(name, title, () => (drawn.current ? standalone(drawn.current) : '')))),
    h('svg', {ref: drawn, class: 'drawing', viewBox: `0 0 ${WIDTH} ${height}`, role: links ? 'group' : 'img', 'aria-label': label}, children));
}

/** @param {{x: number, y: number, anchor?: string, turn?: boolean, bold?: boolean, children?: import('./ui.js').Child}} props */
function Text({x, y, anchor = 'middle', turn = false, bold = false, children}) {
  return h('text', {
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})${turn ? ' rotate(-90)' : ''}`,
    'text-anchor': anchor, 'font-size': 12, 'font-weight': bold ? 600 : null, style: {fill: bold ? 'var(--ink)' : 'var(--soft)'},
  }, children);
}

/** The metric against one parameter. @param {{found: Parameters, parameter: SweepParameter, spots: Spot[], best: Spot, tools: import('./ui.js').Child}} props */
function Scatter({found, parameter, spots, best, tools}) {
  const x = axisOf(parameter, spots);
  const y = scaleOf(spots.flatMap(spot => [spot.min, spot.max]));
  /** @param {number} share */
  const atX = share => BOX.left + share * (BOX.right - BOX.left);
  /** @param {number} value */
  const atY = value => BOX.bottom - y.at(value) * (BOX.bottom - BOX.top);
  const metric = found.metric.replaceAll('_', ' ');
  const title = `${metric} by ${shortOf(parameter.field)}`;
  return h(
    Picture,
    {title, name: `${found.experiment}-${parameter.field}`, label: `${title}: ${spots.length} settings; best ${inWords(best, metric)}`, tools, links: true},
    y.marks.map(mark => [
      h('path', {d: `M${BOX.left} ${atY(mark).toFixed(1)}H${BOX.right}`, style: {stroke: 'var(--faint)'}}),
      h(Text, {x: BOX.left - 6, y: atY(mark) + 4, anchor: 'end'}, tick(mark)),
    ]),
    x.marks.map(([share, name]) => h(Text, {x: atX(share), y: BOX.bottom + 18}, cut(name))),
    h(Text, {x: (BOX.left + BOX.right) / 2, y: HEIGHT - 8}, `${parameter.field}${parameter.scale === 'log' ? ' (log scale)' : ''}`),
    h(Text, {x: 14, y: (BOX.top + BOX.bottom) / 2, turn: true}, metric),
    spots.filter(spot => x.at(spot.values[parameter.field]) >= 0).map(spot => {
      const at = atX(x.at(spot.values[parameter.field])).toFixed(1);
      const stroke = spot === best ? 'var(--series-1)' : 'var(--series-0)';
      return h(
        'a',
        {key: spot.runs[0].run, href: address(['ui', 'runs', spot.runs[0].run])},
        h('title', {}, inWords(spot, metric)),
        spot.runs.length > 1 && h('path', {d: `M${at} ${atY(spot.min).toFixed(1)}V${atY(spot.max).toFixed(1)}`, 'stroke-width': 1.5, style: {stroke}}),
        h('circle', {cx: at, cy: atY(spot.mean).toFixed(1), r: 4.5, 'fill-opacity': 0.75, style: {fill: stroke}}));
    }));
}

/** Parallel coordinates: all parameters and the metric, with a line for each setting. @param {{found: Parameters, spots: Spot[], best: Spot}} props */
function Parallel({found, spots, best}) {
  const shown = found.parameters.slice(0, MOST_AXES);
  const y = scaleOf(spots.map(spot => spot.mean));
  const metric = found.metric.replaceAll('_', ' ');
  const axes = [
    ...shown.map(parameter => ({name: shortOf(parameter.field), ...axisOf(parameter, spots), of: (/** @type {Spot} */ spot) => spot.values[parameter.field]})),
    {
      name: metric,
      at: (/** @type {Json | undefined} */ value) => y.at(Number(value)),
      marks: y.marks.map(mark => /** @type {[number, string]} */ ([y.at(mark), tick(mark)])),
      of: (/** @type {Spot} */ spot) => spot.mean,
    },
  ];
  /** @param {number} i */
  const atX = i => 60 + (i / (axes.length - 1)) * (WIDTH - 150);
  // A character is about 7.5 units wide.
  const room = Math.floor((WIDTH - 150) / (axes.length - 1) / 7.5);
  /** @param {number} share */
  const atY = share => BOX.bottom - share * (BOX.bottom - 34);
  /** 0 for the worst setting, 1 for the best. @param {Spot} spot */
  const merit = spot => (found.higher_is_better ? y.at(spot.mean) : 1 - y.at(spot.mean));
  const ordered = [...spots].sort((a, b) => merit(a) - merit(b));
  return h(
    Picture,
    {
      title: 'All parameters at once',
      name: `${found.experiment}-parameters`,
      label: `A line for each of ${spots.length} settings through ${axes.map(axis => axis.name).join(', ')}; best ${inWords(best, metric)}`,
    },
    ordered.map(spot => h(
      'path',
      {
        key: spot.runs[0].run,
        d: `M${axes.map((axis, i) => `${atX(i).toFixed(1)} ${atY(Math.max(0, axis.at(axis.of(spot)))).toFixed(1)}`).join('L')}`,
        fill: 'none',
        'stroke-width': spot === best ? 3 : 1.25,
        'stroke-opacity': spot === best ? 1 : (0.12 + 0.7 * merit(spot) ** 2).toFixed(2),
        style: {stroke: spot === best ? 'var(--series-1)' : 'var(--series-0)'},
      },
      h('title', {}, inWords(spot, metric)))),
    axes.map((axis, i) => [
      h('path', {d: `M${atX(i)} ${atY(1)}V${atY(0)}`, style: {stroke: 'var(--soft)'}}),
      h(Text, {x: atX(i), y: 16, bold: true}, h('title', {}, axis.name), cut(axis.name, room)),
      axis.marks.slice(0, 9).map(([share, name]) => h(Text, {x: atX(i) + 6, y: atY(share) + 4, anchor: 'start'}, cut(name, Math.max(5, room - 2)))),
    ]));
}

/** How much each parameter matters. @param {{found: Parameters}} props */
function Importance({found}) {
  const known = found.parameters.filter(parameter => parameter.importance !== undefined);
  return known.length > 0 && h(
    'figure',
    {class: 'figure'},
    h('figcaption', {}, h('h3', {}, 'Which parameters matter'), h('p', {class: 'hint'}, found.importance_measure)),
    h('table', {class: 'importance'}, h('caption', {class: 'unseen'}, 'Importance of the parameters'), h('tbody', {}, known.map(parameter => h(
      'tr',
      {key: parameter.field},
      h('th', {scope: 'row'}, h('code', {}, parameter.field)),
      h('td', {}, h('meter', {min: 0, max: 1, value: parameter.importance, 'aria-label': `Importance of ${parameter.field}`})),
      h('td', {class: 'num'}, number(parameter.importance, 2)))))));
}

/** How many trials of a search reached each rung. @param {{search: import('./types').Search}} props */
function Rungs({search}) {
  /** @type {Map<string, {bracket: number, rung: number, epochs: number, trials: number, stopped: number, best?: number}>} */
  const rungs = new Map();
  for (const trial of search.trials) {
    for (let rung = 0; rung <= (trial.rung ?? -1); rung++) {
      const key = `${trial.bracket ?? 0}.${rung}`;
      const own = rungs.get(key) ?? {bracket: trial.bracket ?? 0, rung, epochs: 0, trials: 0, stopped: 0};
      own.trials++;
      if (rung === trial.rung) {
        own.epochs = Math.max(own.epochs, trial.epochs);
        own.stopped += trial.status === 'stopped' ? 1 : 0;
        const better = search.higher_is_better ? Math.max : Math.min;
        own.best = trial.value === undefined ? own.best : own.best === undefined ? trial.value : better(own.best, trial.value);
      }
      rungs.set(key, own);
    }
  }
  const rows = [...rungs.values()].sort((a, b) => a.bracket - b.bracket || a.rung - b.rung);
  return rows.length > 1 && h(Scroll, {label: 'Rungs'}, h(
    'table',
    {},
    h('caption', {}, h('h3', {}, 'Trials by rung')),
    h(Head, {columns: [
      ['bracket', {class: 'num'}], ['rung', {class: 'num'}], ['epochs', {class: 'num'}], ['trials that reached it', {class: 'num'}],
      ['stopped there', {class: 'num'}], [`best ${search.metric} of the trials that ended there`, {class: 'num'}],
    ]}),
    h('tbody', {}, rows.map(row => h(
      'tr',
      {key: `${row.bracket}.${row.rung}`},
      [row.bracket + 1, row.rung + 1, row.epochs || '', row.trials, row.stopped, number(row.best)].map(cell => h('td', {class: 'num'}, cell)))))));
}

/** Whether the runs cover a range of values, rather than a few tricks. @param {Parameters} swept @param {Spot[]} spots */
function isSwept({parameters}, spots) {
  return parameters.length > 0 && spots.length >= FEWEST
    && (spots.length >= SETTINGS || parameters.some(one => one.scale !== 'category' && one.values >= VALUES));
}

/** @param {{path: string[], found: ExperimentView, archived: string | null, version: number}} props */
export function SweepCard({path, found, archived, version}) {
  const [swept, setSwept] = useState(/** @type {Parameters | null} */ (null));
  const [field, setField] = useState(() => ofAddress().get('parameter') ?? '');
  const [problem, setProblem] = useState('');
  const isSweep = Boolean(found.search) || found.variants.length >= FEWEST;
  useEffect(() => {
    if (isSweep) {
      get([...path, 'parameters'], {metric: found.search ? found.search.metric : found.metric, archived})
        .then(answer => setSwept(/** @type {Parameters} */ (answer)), e => setProblem(problemOf(e)));
    }
  }, [isSweep, found.metric, archived, version]);
  if (!isSweep || (!swept && !problem)) {
    return null;
  }
  const spots = spotsOf(swept?.points ?? []);
  if (swept && !found.search && !isSwept(swept, spots)) {
    return null;
  }
  const parameter = swept?.parameters.find(one => one.field === field) ?? swept?.parameters[0];
  const best = spots.length > 0 ? spots.reduce((a, b) => ((swept?.higher_is_better ? b.mean > a.mean : b.mean < a.mean) ? b : a)) : null;
  return h(
    Card,
    {title: 'Parameters', tools: h(Exports, {url: address([...path, 'parameters'], {metric: swept?.metric, archived})})},
    h(Problem, {text: problem}),
    swept && parameter && best && [
      h(Scatter, {
        key: 'scatter', found: swept, parameter, spots, best,
        tools: h(Select, {
          label: 'parameter', values: swept.parameters.map(one => one.field), chosen: parameter.field,
          onChoice: value => {
            setField(value);
            keep({parameter: value});
          },
        }),
      }),
      swept.parameters.length > 1 && h(Parallel, {key: 'parallel', found: swept, spots, best}),
      h(Importance, {key: 'importance', found: swept}),
      swept.truncated && h('p', {key: 'truncated', class: 'hint'}, 'Only the newest runs are shown.'),
    ],
    found.search && h(Rungs, {search: found.search}));
}
