// An experiment: the answer, the variants side by side, their curves, their runs.

import {Refusal, address, get, latest} from './api.js';
import {Legend, look} from './chart.js';
import {CurveTools, Figure, axesOf, keep, parameters, useHidden, useView} from './curves.js';
import {plural, runsInWords} from './format.js';
import {ActionButton} from './housekeeping.js';
import {listen, throttled} from './live.js';
import {NoteCard} from './notes.js';
import {CompareLink, RunTable, chosenWith} from './run-table.js';
import {SweepCard} from './sweep.js';
import {TrialTable, searchInWords} from './trials.js';
import {Answer, Card, Crumbs, Exports, Note, Problem, Segments, Select, h, problemOf, render} from './ui.js';
import {DuelCard} from './duel.js';
import {Sentences, VariantTable} from './variants.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').VariantCurve} VariantCurve */
/** @typedef {import('./types').ExperimentCurves} ExperimentCurves */
/** @typedef {import('./types').RunPage} RunPage */
/** @typedef {import('./chart.js').Line} Line */
/** @typedef {{baseline: string | null, metric: string | null, archived: string | null}} Chosen */

const POINTS = 500;
const RUNS = 200;
const REFRESH_MS = 2000;
/** A longer answer has a smaller font. */
const LONG = 160;
/** Rejected requests never trained. The page of all runs lists them. */
const TRAINED = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'];

/** The service may return a response of this age, so the page loads it once more after the last event. */
const OLD_MS = 1500;

/** Describes how the number of seeds is decided. @param {import('./types').Adaptive} plan */
function planInWords(plan) {
  const looks = plan.looks.map(one => one.seeds).join(', ');
  return [
    `${plan.from} to ${plan.to} seeds, until decided`,
    looks && `, checked after ${looks} seeds`,
    plan.end_reason && plan.end_reason !== 'finished' && `, ended: ${plan.end_reason}`,
  ].filter(Boolean).join('');
}

/**
 * The metrics with both a training and a validation curve.
 *
 * @param {ExperimentView} found
 * @returns {string[]} names without val_
 */
function metricsOf(found) {
  const names = new Set(['loss']);
  for (const variant of found.variants) {
    const known = Object.keys(variant.last_epoch ?? {});
    known.filter(n => known.includes(`val_${n}`)).forEach(n => names.add(n));
  }
  return [...names];
}

/**
 * A variant's curve as a line of a chart. Pages count epochs from 1.
 *
 * @param {VariantCurve} v
 * @param {string} x
 * @param {string} bands
 * @returns {Line}
 */
export function lineOf(v, x, bands) {
  return {
    label: v.variant,
    x: x === 'epoch' ? v.x.map(epoch => epoch + 1) : v.x,
    y: v.smoothed ?? v.mean,
    n: v.n,
    ...(bands === 'std' ? {low: v.low, high: v.high} : bands === 'range' ? {low: v.min, high: v.max} : {}),
  };
}

/** @param {{name: string, found: ExperimentView, chosen: Chosen, connected: boolean}} props */
function Facts({name, found, chosen, connected}) {
  const runs = found.variants.reduce((n, v) => n + v.runs.length, 0);
  /** @type {Record<string, number>} */
  const states = {};
  found.variants.forEach(v => Object.entries(v.states).forEach(([s, n]) => { states[s] = (states[s] ?? 0) + n; }));
  return h(
    'p',
    {class: 'facts'},
    found.variants.length > 0 && h('span', {}, `${plural(found.variants.length, 'variant')}, ${plural(runs, 'run')}: ${runsInWords(states)}`),
    found.adaptive && h('span', {}, planInWords(found.adaptive)),
    found.search && h('span', {}, searchInWords(found.search)),
    found.rejected ? h(
      'a',
      {class: 'bad', href: address(['ui', 'runs'], {experiment: name, state: 'REJECTED', archived: chosen.archived})},
      plural(found.rejected, 'rejected request')) : null,
    chosen.archived && h('span', {class: 'tag'}, 'with archived runs'),
    found.truncated && h('span', {}, 'only the newest 5,000 runs count'),
    h('span', {class: 'state', role: 'status', 'data-state': connected ? 'RUNNING' : 'QUEUED'}, connected ? 'live' : 'connecting…'));
}

/** The text in place of an empty comparison. @param {{found: ExperimentView}} props */
function Nothing({found}) {
  if (!found.search) {
    return h(Note, {title: 'This experiment has no accepted request.'}, 'All its requests were rejected. Correct one and submit it again.');
  }
  return found.search.open
    ? h(Note, {title: 'There is no comparison yet.'}, 'The search compares its finalists once they have been trained with other seeds.')
    : h(Note, {title: 'There is no comparison.'}, 'The search ended without finalists.');
}

/**
 * Training and validation curves of all variants.
 *
 * @param {{
 *   path: string[],
 *   found: ExperimentView,
 *   archived: string | null,
 *   version: number,
 *   looks: Map<string, {color: number, dash: number}>,
 *   onDrawn: () => void,
 * }} props version: a change loads the curves again
 */
function Curves({path, found, archived, version, looks, onDrawn}) {
  const [view, change] = useView('epoch');
  const [curve, setCurve] = useState(() => parameters().get('curve') ?? 'loss');
  const [bands, setBands] = useState(() => parameters().get('bands') ?? 'std');
  const [hidden, toggle] = useHidden();
  const [drawn, setDrawn] = useState(/** @type {VariantCurve[][]} */ ([[], []]));
  const [problem, setProblem] = useState('');
  const newest = useRef(latest());
  useEffect(() => {
    newest.current(signal => Promise.all(['', 'val_'].map(prefix => /** @type {Promise<ExperimentCurves>} */ (get(
      [...path, 'curves'],
      {metric: prefix + curve, x: view.x, points: POINTS, smooth: view.smooth || null, archived},
      signal))))).then(answers => {
      if (answers) {
        setDrawn(answers.map(answer => answer.variants));
        setProblem('');
        onDrawn();
      }
    }, e => {
      setProblem(problemOf(e));
      onDrawn();
    });
  }, [curve, view.x, view.smooth, archived, version]);
  const known = metricsOf(found);
  /** @param {VariantCurve} v @returns {Line} */
  const line = v => ({
    ...lineOf(v, view.x, bands), hidden: hidden.has(v.variant), ...(looks.get(v.variant) ?? {color: 6, dash: 1}),
  });
  const fewer = drawn.flat().some(v => new Set(v.n).size > 1);
  return h(
    'section',
    {class: 'card', 'aria-label': 'Curves'},
    h(
      'div',
      {class: 'tools'},
      known.length > 1 && h(Segments, {label: 'curves', choices: known.map(m => /** @type {[string, string]} */ ([m, m])), chosen: curve, onChoice: value => {
        setCurve(value);
        keep({curve: value === 'loss' ? null : value});
      }}),
      h(CurveTools, {view, change}),
      h(
        'div',
        {class: 'group'},
        h('span', {class: 'hint'}, 'band'),
        h(Segments, {label: 'band', choices: [['std', '1 std'], ['range', 'min–max'], ['off', 'off']], chosen: bands, onChoice: value => {
          setBands(value);
          keep({bands: value === 'std' ? null : value});
        }})),
      h(Exports, {url: address([...path, 'curves'], {metric: curve, x: view.x, points: POINTS, archived})})),
    h(Problem, {text: problem}),
    h(Legend, {
      lines: found.variants.map(v => ({label: v.variant, x: [], y: [], hidden: hidden.has(v.variant), ...looks.get(v.variant)})),
      onToggle: toggle,
    }),
    fewer && h('p', {class: 'hint'}, `Each point is the mean of the runs that have reached this ${view.x}. Point at the curve to see how many.`),
    h('div', {class: 'pair'}, ['', 'val_'].map((prefix, i) => {
      const title = `${i === 0 ? 'training' : 'validation'} ${curve}`;
      return h(Figure, {
        key: prefix,
        title,
        name: `${path[1]}-${prefix}${curve}`,
        axes: axesOf(view, title, prefix + curve, 'The curves start with the first completed epoch.'),
        lines: (drawn[i] ?? []).map(line),
        sync: 'experiment',
        zoom: view.zoom,
        onZoom: zoom => change({zoom}),
      });
    })));
}

/** @param {{name: string, first: ExperimentView, chosen: Chosen, shown: () => void}} props shown: called once everything is loaded */
function ExperimentPage({name, first, chosen: before, shown}) {
  const path = ['experiments', name];
  const [found, setFound] = useState(first);
  const [chosen, setChosen] = useState(before);
  const [runs, setRuns] = useState(/** @type {RunPage | null} */ (null));
  const [version, setVersion] = useState(0);
  const [connected, setConnected] = useState(false);
  const [problem, setProblem] = useState('');
  const [variants, setVariants] = useState(() => /** @type {Set<string>} */ (new Set()));
  const [chosenRuns, setChosenRuns] = useState(() => /** @type {Set<string>} */ (new Set()));
  const [drawn, setDrawn] = useState(false);
  const newest = useRef(latest());
  const now = useRef(chosen);
  now.current = chosen;
  /** @type {import('./vendor/preact/preact.js').Ref<Map<string, {color: number, dash: number}>>} */
  const looks = useRef(new Map());
  for (const {variant} of found.variants) {
    if (!looks.current.has(variant)) {
      looks.current.set(variant, look(looks.current.size));
    }
  }
  const isEmpty = found.variants.length === 0 && !found.search;

  const compare = async () => {
    const answer = await newest.current(signal => /** @type {Promise<ExperimentView>} */ (get(path, now.current, signal)));
    if (answer) {
      setFound(answer);
    }
  };
  const listRuns = async () => setRuns(await get(['runs'], {
    experiment: name, state: TRAINED, archived: now.current.archived, limit: RUNS,
  }));
  /** @param {Partial<Chosen>} changes */
  const choose = changes => {
    now.current = {...chosen, ...changes};
    setChosen(now.current);
    keep(changes);
    compare().catch(e => setProblem(problemOf(e)));
  };
  useEffect(() => {
    if (isEmpty) {
      shown();
      return undefined;
    }
    listRuns().catch(e => setProblem(problemOf(e)));
    const redraw = throttled(REFRESH_MS, async () => setVersion(n => n + 1));
    const recount = throttled(REFRESH_MS, () => Promise.all([compare(), listRuns()]));
    let last = 0;
    const again = () => {
      redraw();
      recount();
      clearTimeout(last);
      last = setTimeout(() => {
        redraw();
        recount();
      }, OLD_MS);
    };
    return listen([...path, 'events'], null, {log: again, run: again}, is => {
      if (is) {
        again(); // The stream has only new events.
      }
      setConnected(is);
    });
  }, []);
  useEffect(() => {
    if (drawn && runs) {
      shown();
    }
  }, [drawn, runs !== null]);

  const all = `all runs of ${name}`;
  const leave = () => location.assign('/ui/');
  const metrics = [...new Set(found.variants.flatMap(v => Object.keys(v.test ?? {})))].map(m => `test_${m}`);
  return [
    h(
      'div',
      {class: 'run-head'},
      h(
        'div',
        {class: 'head'},
        h(Crumbs, {trail: [['/ui/', 'Experiments'], ['', name]]}),
        h('h1', {class: 'unseen'}, name),
        !isEmpty && h('p', {class: (found.answer ?? '').length > LONG ? 'answer long' : 'answer'}, h(Answer, {text: found.answer})),
        h(Facts, {name, found, chosen, connected})),
      h(
        'div',
        {class: 'buttons'},
        !isEmpty && h('a', {class: 'button', href: address(['ui', 'experiments', name, 'report'], chosen)}, 'Report'),
        chosen.archived
          ? h(ActionButton, {action: 'restore', path, what: all, done: () => location.assign(address(['ui', ...path])), refused: setProblem})
          : h(ActionButton, {action: 'archive', path, what: all, done: leave, refused: setProblem}),
        h(ActionButton, {action: 'delete', path, what: all, done: leave, refused: setProblem}))),
    h(Problem, {text: problem}),
    h(
      Card,
      {
        title: 'Variants',
        label: 'Comparison',
        tools: !isEmpty && h(
          'div',
          {class: 'tools'},
          h(CompareLink, {what: 'variant', chosen: variants, experiment: name}),
          h(Select, {label: 'metric', values: metrics, chosen: found.metric, onChoice: metric => choose({metric})}),
          h(Select, {label: 'baseline', values: found.variants.map(v => v.variant), chosen: found.baseline, onChoice: baseline => choose({baseline})}),
          h(Exports, {url: address(path, chosen)})),
      },
      found.variants.length > 0
        ? h(VariantTable, {
          found,
          looks: looks.current,
          chosen: variants,
          choose: found.variants.length > 1 ? (variant, is) => setVariants(chosenWith(variants, variant, is)) : undefined,
        })
        : h(Nothing, {found}),
      h(Sentences, {found, path, refused: setProblem})),
    found.search && h(Card, {title: 'Trials', label: 'Search'}, h(TrialTable, {search: found.search})),
    !isEmpty && [
      h(NoteCard, {key: 'note', path, note: found.note, saved: compare}),
      h(Curves, {key: 'curves', path, found, archived: chosen.archived, version, looks: looks.current, onDrawn: () => setDrawn(true)}),
      h(SweepCard, {key: 'sweep', path, found, archived: chosen.archived, version}),
      h(DuelCard, {key: 'duel', path, found, archived: chosen.archived}),
      h(
        Card,
        {key: 'runs', title: 'Runs', tools: h(CompareLink, {what: 'run', chosen: chosenRuns})},
        runs && h(RunTable, {runs: runs.runs, metric: found.metric, chosen: chosenRuns, choose: (run, is) => setChosenRuns(chosenWith(chosenRuns, run, is))}),
        runs?.next && h('p', {class: 'hint'}, h('a', {href: address(['ui', 'runs'], {experiment: name})}, 'All runs of this experiment'))),
    ],
  ];
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main, name) {
    document.title = `${name} · Millrace`;
    const query = parameters();
    const chosen = {baseline: query.get('baseline'), metric: query.get('metric'), archived: query.get('archived')};
    const path = ['experiments', name];
    const first = /** @type {ExperimentView} */ (await get(path, chosen).catch(e => {
      if (!(e instanceof Refusal) || e.status !== 404 || chosen.archived) {
        throw e;
      }
      chosen.archived = 'true'; // All its runs may be archived.
      return get(path, chosen);
    }));
    await new Promise(shown => {
      render(h(ExperimentPage, {name, first, chosen, shown: () => shown(null)}), main);
    });
  },
};
