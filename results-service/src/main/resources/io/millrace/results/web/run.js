// The page of a run: progress, curves, evaluation, log, request.

import {address, fetchOk, get, latest} from './api.js';
import {CurveTools, Figure, axesOf, useHidden, useView} from './curves.js';
import {EvaluationCards} from './evaluation.js';
import {NOT_FINITE, bytes, count, duration, json, number, plural, when} from './format.js';
import {ActionButton} from './housekeeping.js';
import {listen, throttled} from './live.js';
import {LogCard, useLog} from './log.js';
import {NetworkCard} from './network.js';
import {NoteCard, Tags} from './notes.js';
import {RangeTestCard, isRangeTest} from './range-test.js';
import {kindOf} from './reading.js';
import {SamplesCard} from './samples.js';
import {StepCurve} from './step-curve.js';
import {Card, Copy, Crumbs, Exports, Names, Problem, StateMark, announce, h, problemOf, render} from './ui.js';
import {Changes} from './variants.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').LossColumns} LossColumns */
/** @typedef {import('./types').HistoryColumns} HistoryColumns */
/** @typedef {import('./types').StepsEvent} StepsEvent */
/** @typedef {import('./types').LogItem} LogItem */
/** @typedef {import('./chart.js').Line} Line */
/** @typedef {import('./curves.js').View} View */

const POINTS = 1000;
/** The most live points in a curve. With more, the page loads a thinned curve again. */
const MAX_POINTS = 4000;
const REFRESH_MS = 2000;
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'];

/**
 * Estimates the remaining time in seconds, from the latest epochs or else from all steps since the start.
 *
 * @param {RunView} run
 * @param {HistoryColumns} history
 */
function remaining(run, history) {
  if (!run.epochs || !run.steps_per_epoch) {
    return null;
  }
  const left = run.epochs - run.steps_done / run.steps_per_epoch;
  const ends = history.at.slice(-6).map(at => Date.parse(at));
  if (ends.length > 1) {
    return left * ((ends[ends.length - 1] - ends[0]) / 1000 / (ends.length - 1));
  }
  const since = run.started_at ? (Date.now() - Date.parse(run.started_at)) / 1000 : 0;
  const epochs = run.steps_done / run.steps_per_epoch;
  return epochs > 0 && since > 0 ? (left * since) / epochs : null;
}

/** A promise, and the function that fulfils it. @returns {{promise: Promise<void>, done: () => void}} */
function awaited() {
  let done = () => {};
  /** @type {Promise<void>} */
  const promise = new Promise(resolve => { done = resolve; });
  return {promise, done};
}

/** @param {{run: RunView, history: HistoryColumns}} props */
function Progress({run, history}) {
  const all = (run.epochs ?? 0) * (run.steps_per_epoch ?? 0);
  const running = run.state === 'RUNNING';
  const left = remaining(run, history);
  /** @type {Record<string, string>} */
  const texts = {
    QUEUED: 'Waiting for a trainer.',
    RUNNING: left === null ? 'Training.' : `About ${duration(Math.max(0, left))} left.`,
    COMPLETED: `Completed after ${duration(run.seconds)}.`,
    FAILED: 'Failed.',
    CANCELLED: 'Cancelled.',
    REJECTED: 'Rejected.',
  };
  return h(
    'div',
    {class: 'progress'},
    h(
      'div',
      {},
      h('span', {class: 'left'}, texts[run.state], run.reason && h('span', {class: 'bad'}, ` ${run.reason}`)),
      h('span', {class: 'soft'}, all
        ? `epoch ${Math.min(run.epochs_done + (running ? 1 : 0), run.epochs ?? 0)} of ${run.epochs}, step ${count(run.steps_done)} of ${count(all)}`
        : '')),
    run.state !== 'REJECTED' && h('progress', {max: all || 1, value: Math.min(run.steps_done, all || 1), 'aria-label': 'Progress'}));
}

/** @param {{run: RunView}} props */
function Numbers({run}) {
  /** @typedef {[string, string | number | undefined, string | null | undefined]} Fact */
  /** @type {Fact[]} */
  const large = [];
  for (const [name, value] of Object.entries(run.test ?? {})) {
    const naive = run.baseline?.metrics[name];
    large.push([`test ${name}`, number(value), naive === undefined ? null : `${number(naive)} ${run.baseline?.name.replace('_', ' ')}`]);
  }
  if (!run.test) {
    for (const [name, value] of Object.entries(run.metrics ?? {}).filter(([n]) => n !== 'learning_rate')) {
      large.push([name.replace('_', ' '), number(value), 'latest epoch']);
    }
  }
  /** @type {Fact[]} */
  const small = [
    ['seed', run.seed, null],
    ['data', run.samples && Object.values(run.samples).map(count).join(' / '), run.samples && Object.keys(run.samples).join(' / ')],
    ['parameters', run.parameters && count(run.parameters), null],
    ['trainer', run.trainer, run.device],
    ['queued', ...atClock(run.queued_at)],
    ['started', atClock(run.started_at)[0], run.resumed_at_step ? `resumed at step ${count(run.resumed_at_step)}` : atClock(run.started_at)[1]],
    ['ended', ...atClock(run.ended_at)],
  ];
  /** @param {Fact[]} facts @param {string | null} style */
  const list = (facts, style) => {
    const known = facts.filter(([, value]) => value !== undefined);
    return known.length > 0 && h('dl', {class: 'numbers'}, known.map(([name, value, more]) => h(
      'div', {key: name}, h('dt', {}, name), h('dd', {class: style}, value, more && h('small', {}, more)))));
  };
  const isFinite = !Object.values(run.test ?? run.metrics ?? {}).includes(null);
  return h(
    'section',
    {class: 'card', 'aria-label': 'Numbers'},
    list(large, 'large'),
    !isFinite && h('p', {class: 'hint'}, `Not finite: ${NOT_FINITE}`),
    list(small, null));
}

/** @param {string | undefined} at @returns {[string | undefined, string | undefined]} the time of day, and the day */
function atClock(at) {
  const [day, time] = at ? when(at).split(', ') : [];
  return [time, day];
}

/** Notes on the data, one per line. @param {{notes: import('./types').DataNotes | undefined}} props */
function DataCard({notes}) {
  const {time, gaps, left_out: leftOut = [], warnings = []} = notes ?? {};
  const steps = time?.step ? `${time.step} between rows` : 'irregular steps';
  const missing = time?.gaps && !gaps?.steps ? `, ${plural(time.gaps, 'step')} missing` : '';
  const lines = [
    time?.columns && `Dates from ${time.columns.join(' and ')} (${time.format?.replaceAll('_', ' ')}${time.zone ? `, ${time.zone}` : ''}): ${time.from} to ${time.to}, ${steps}${missing}.`,
    time?.sorted === false && 'The rows of the file were not sorted by time. They have been sorted.',
    time?.note,
    gaps && `Missing: ${plural(gaps.values, 'value')} and ${plural(gaps.steps, 'step')} (${gaps.missing.replaceAll('_', ' ')}); ${plural(gaps.windows, 'window')} affected.`,
    ...leftOut.map(({cause, count: n, files}) => `Left out, ${cause.replaceAll('_', ' ')}: ${count(n)} (${files.join(', ')}${n > files.length ? ', …' : ''}).`),
    ...warnings,
  ].filter(line => typeof line === 'string');
  return lines.length > 0 && h(Card, {title: 'Data'}, lines.map(line => h('p', {}, line)));
}

/** @param {RunView} run */
function again(run) {
  return address(['ui', 'new'], {from: run.run});
}

/** @param {{run: RunView}} props */
function RequestCard({run}) {
  if (!run.request) {
    return run.state === 'REJECTED' && h('p', {class: 'card hint'}, 'The request is not stored, because it is not a JSON object or is larger than 1 MiB. The topic training-requests-dlq has the record and the reason.');
  }
  const text = json(run.request);
  return h(
    'details',
    {class: 'card', open: run.state === 'REJECTED'},
    h(
      'summary',
      {},
      h('h2', {}, 'Request'),
      ' ',
      h('span', {class: 'hint'}, run.state === 'REJECTED' ? 'as received' : 'with all defaults once the run has started')),
    h('div', {class: 'buttons'}, h(Copy, {text}), h('a', {class: 'button', href: again(run)}, 'Run again with changes')),
    h('pre', {tabindex: 0, 'aria-label': 'Request as JSON'}, text));
}

/**
 * A run's curves.
 *
 * @param {{
 *   name: string,
 *   run: RunView,
 *   history: HistoryColumns,
 *   steps: StepCurve | null,
 *   view: View,
 *   change: (changes: Partial<View>) => void,
 * }} props
 */
function Curves({name, run, history, steps, view, change}) {
  const [hidden, toggle] = useHidden();
  const start = Date.parse(run.started_at ?? history.at[0] ?? '');
  const x = view.x === 'epoch'
    ? history.epoch.map(epoch => epoch + 1)
    : view.x === 'step'
      ? history.step
      : history.at.map(at => (Date.parse(at) - start) / 1000);
  const columns = view.smooth ? {...history.metrics, ...history.smoothed} : history.metrics;
  // A constant learning rate needs no chart.
  const metrics = ['loss', ...Object.keys(columns).filter(n => n !== 'loss' && !n.startsWith('val_')
    && !(n === 'learning_rate' && columns[n].every(rate => rate === columns[n][0])))];
  return h(
    'section',
    {class: 'card', 'aria-label': 'Curves'},
    h('div', {class: 'tools'}, h(CurveTools, {view, change}), h(Exports, {
      url: address(['runs', name, view.x === 'step' ? 'losses' : 'history']),
      more: h('a', {href: address(['runs', name, 'tensorboard']), download: ''}, 'TensorBoard'),
    })),
    h('div', {class: 'pair'}, metrics.map(metric => {
      /** @type {Line[]} */
      const lines = metric === 'loss' && view.x === 'step' && steps
        ? steps.lines()
        : columns[metric] ? [{label: metric, x, y: columns[metric], color: 0}] : [];
      const validation = columns[`val_${metric}`];
      if (validation) {
        lines.push({label: `val_${metric}`, x, y: validation, color: 1, dash: 1});
      }
      return h(Figure, {
        key: metric,
        title: metric.replace('_', ' '),
        name: `${name}-${metric}`,
        axes: axesOf(view, metric, metric, 'The curve starts with the first steps.'),
        lines: lines.map(line => ({...line, hidden: hidden.has(line.label)})),
        sync: 'run',
        zoom: view.zoom,
        onZoom: zoom => change({zoom}),
        onToggle: toggle,
      });
    })));
}

/** @param {{name: string, first: RunView, shown: () => void}} props shown: called once everything is loaded */
function RunPage({name, first, shown}) {
  const path = ['runs', name];
  const [run, setRun] = useState(first);
  const [view, changeView] = useView('step');
  const [history, setHistory] = useState(/** @type {HistoryColumns} */ ({run: name, total: 0, epoch: [], step: [], at: [], metrics: {}}));
  const [connected, setConnected] = useState(/** @type {boolean | null} */ (null));
  const [version, setVersion] = useState(0);
  const [problem, setProblem] = useState('');
  const [, redraw] = useState(0);
  const [log, loadLog, addToLog] = useLog(path);
  const steps = useRef(/** @type {StepCurve | null} */ (null));
  const newest = useRef({steps: latest(), history: latest()});
  const now = useRef({view, run});
  now.current = {view, run};
  const [evaluated] = useState(awaited);
  const isRange = isRangeTest(run);
  const never = run.state === 'REJECTED';

  const reload = async () => setRun(await get(path));
  const loadSteps = async () => {
    const {smooth, zoom, x} = now.current.view;
    // A zoomed part of a long run is loaded by itself, because it then has more points.
    const [from, to] = x === 'step' && zoom ? [Math.max(0, Math.floor(zoom[0])), Math.ceil(zoom[1])] : [null, null];
    const columns = await newest.current.steps(signal => get([...path, 'losses'], {points: POINTS, smooth: smooth || null, from, to}, signal));
    if (columns) {
      steps.current = new StepCurve(/** @type {LossColumns} */ (columns), smooth);
      redraw(n => n + 1);
    }
  };
  const loadHistory = async () => {
    const {smooth} = now.current.view;
    const columns = await newest.current.history(signal => get([...path, 'history'], {points: POINTS, smooth: smooth || null}, signal));
    if (columns) {
      setHistory(/** @type {HistoryColumns} */ (columns));
    }
  };
  /** @param {unknown} e */
  const complain = e => setProblem(problemOf(e));
  /** @param {Partial<View>} changes */
  const change = changes => {
    changeView(changes);
    now.current = {...now.current, view: {...view, ...changes, ...('x' in changes ? {zoom: null} : {})}};
    if ('smooth' in changes) {
      loadHistory().catch(complain);
    }
    const isLong = (steps.current?.total ?? 0) > POINTS || view.zoom !== null;
    if ('smooth' in changes || ('zoom' in changes && isLong) || ('x' in changes && view.zoom)) {
      loadSteps().catch(complain);
    }
  };

  useEffect(() => {
    if (never) {
      evaluated.done();
    }
    /** @type {() => void} */
    let end = () => {};
    let left = false;
    Promise.all([...(never ? [] : [loadSteps(), loadHistory()]), loadLog(), evaluated.promise]).catch(complain).then(() => {
      shown();
      if (!left && !ENDED.includes(now.current.run.state)) {
        end = follow();
      }
    });
    return () => {
      left = true;
      end();
    };
  }, []);

  const follow = () => {
    const thin = throttled(REFRESH_MS, loadSteps);
    const renew = throttled(REFRESH_MS, () => Promise.all([reload(), loadHistory()]).then(() => setVersion(n => n + 1)));
    setConnected(false);
    // The stream starts after what is shown, so that nothing is repeated or missing.
    const end = listen([...path, 'events'], `${log.current.last}.${(steps.current?.step.at(-1) ?? -1) + 1}`, {
      steps: (/** @type {StepsEvent} */ more) => {
        setRun(before => ({
          ...before,
          steps_done: Math.max(before.steps_done, more.steps_done),
          epochs_done: Math.max(before.epochs_done, more.epochs_done),
        }));
        if (!steps.current || now.current.view.zoom) {
          return;
        }
        steps.current.append(more);
        if (steps.current.step.length > MAX_POINTS) {
          thin();
        }
      },
      log: (/** @type {LogItem} */ item) => {
        addToLog([item]);
        renew();
      },
      run: (/** @type {import('./types').RunSummary} */ summary) => {
        setRun(before => ({...before, ...summary}));
        if (ENDED.includes(summary.state)) {
          setConnected(null);
          end();
          renew();
          loadSteps().catch(complain);
          loadLog().catch(complain);
        }
      },
    }, setConnected);
    return end;
  };

  const cancel = async () => {
    if (!confirm(`Cancel ${name}? If it has started, you can extend it later.`)) {
      return;
    }
    try {
      await fetchOk(address(path), {method: 'DELETE'});
      announce('Cancelling the run');
    } catch (e) {
      complain(e);
    }
  };
  const leave = () => location.assign(run.experiment ? address(['ui', 'runs'], {experiment: run.experiment}) : '/ui/runs');
  const dataset = /** @type {Record<string, unknown> | undefined} */ (run.request?.dataset);
  const kind = dataset && kindOf(dataset);
  return [
    h(
      'div',
      {class: 'run-head'},
      h(
        'div',
        {class: 'head'},
        h(Crumbs, {trail: [
          ['/ui/', 'Experiments'],
          .../** @type {[string, string][]} */ (run.experiment ? [[address(['ui', 'experiments', run.experiment]), run.experiment]] : []),
          ['', name],
        ]}),
        h('h1', {}, h(Names, {text: name})),
        h(
          'p',
          {class: 'facts'},
          h(StateMark, {state: run.state}),
          run.archived && h('span', {class: 'tag', title: 'Hidden from lists and comparisons until it is restored'}, 'archived'),
          run.variant && h('span', {}, `variant ${run.variant}`),
          connected !== null && h('span', {class: 'state', role: 'status', 'data-state': connected ? 'RUNNING' : 'QUEUED'}, connected ? 'live' : 'connecting…')),
        !never && h(Tags, {path, tags: run.tags ?? [], saved: reload, refused: setProblem}),
        run.changes && run.changes.length > 0 && h(
          'div',
          {class: 'changed'},
          h('span', {class: 'hint'}, `changes from ${run.compared_to}:`),
          h(Changes, {changes: run.changes, truncated: run.changes_truncated}))),
      h(
        'div',
        {class: 'buttons'},
        run.request && h('a', {class: 'button', href: again(run)}, 'Run again with changes'),
        run.model && h('a', {class: 'button', href: address([...path, 'model']), download: ''}, `Model (${bytes(run.model.bytes)})`),
        ENDED.includes(run.state)
          ? [
            h(ActionButton, {key: 'archive', action: run.archived ? 'restore' : 'archive', path, what: name, done: reload, refused: setProblem}),
            h(ActionButton, {key: 'delete', action: 'delete', path, what: name, done: leave, refused: setProblem}),
          ]
          : h('button', {type: 'button', onClick: cancel}, 'Cancel'))),
    h('section', {class: 'card', 'aria-label': 'Progress'}, h(Progress, {run, history}), h(Problem, {text: problem})),
    never && h(RequestCard, {run}),
    h(Numbers, {run}),
    !never && [
      h(NoteCard, {key: 'note', path, note: run.note, saved: reload}),
      h(Curves, {key: 'curves', name, run, history, steps: steps.current, view, change}),
      isRange && h(RangeTestCard, {key: 'range', run: name, version}),
      h(EvaluationCards, {key: 'evaluation', run: name, version, hasImages: kind === 'images', loaded: evaluated.done}),
      h(DataCard, {key: 'data', notes: run.data_notes}),
      kind && kind !== 'rows' && h(SamplesCard, {key: 'samples', run}),
      h(NetworkCard, {key: 'network', run}),
    ],
    h(LogCard, {log: log.current, load: loadLog}),
    !never && h(RequestCard, {run}),
  ];
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/runs',
  async show(main, name) {
    document.title = `${name} · Millrace`;
    const first = /** @type {RunView} */ (await get(['runs', name]));
    await new Promise(shown => {
      render(h(RunPage, {name, first, shown: () => shown(null)}), main);
    });
  },
};
