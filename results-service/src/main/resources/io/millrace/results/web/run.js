// A run: how far it is, its curves, what came out, and how to do it again.

import {Refusal, address, ask, get, latest} from './api.js';
import {Chart, legend} from './chart.js';
import {curveTools, exports, view, writtenX} from './curve-tools.js';
import {announce, crumbs, h, head, replace, stateMark} from './dom.js';
import {NOT_FINITE, bytes, clock, count, duration, json, number, plural, when} from './format.js';
import {deedButton} from './housekeeping.js';
import {confusionMatrix, covers, perClass, residuals} from './evaluation.js';
import {listen, sparing} from './live.js';
import {isRangeTest, rangeTestCard} from './range-test.js';
import {kindOf} from './reading.js';

/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').LossColumns} LossColumns */
/** @typedef {import('./types').HistoryColumns} HistoryColumns */
/** @typedef {import('./types').StepsEvent} StepsEvent */
/** @typedef {import('./types').LogItem} LogItem */
/** @typedef {import('./chart.js').Line} Line */

const POINTS = 1000;
/** Live points that are drawn one by one; with more than these, the server is asked for fewer again. */
const MAX_POINTS = 4000;
const REFRESH_MS = 2000;
const LOG_PAGE = 1000;
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'];

/** The curve of the steps' losses, as the server gave it and as it has gone on since. */
class StepCurve {
  /** @param {LossColumns} columns @param {number} smooth */
  constructor(columns, smooth) {
    this.step = [...columns.step];
    this.loss = [...columns.loss];
    this.smooth = smooth;
    this.smoothed = smooth ? [...(columns.smoothed ?? columns.loss)] : null;
    this.total = columns.total;
    // The server's value is debiased; the sum that it goes on from is not.
    const last = this.smoothed?.findLast(y => y !== null) ?? 0;
    this.sum = last * (1 - smooth ** this.total);
  }

  /** @param {StepsEvent} more steps that are known already are left out */
  append(more) {
    let last = this.step[this.step.length - 1] ?? -1;
    more.step.forEach((step, i) => {
      if (step <= last) {
        return;
      }
      last = step;
      const loss = more.loss[i];
      this.step.push(step);
      this.loss.push(loss);
      this.total++;
      if (this.smoothed) {
        this.sum = loss === null ? this.sum : this.sum * this.smooth + (1 - this.smooth) * loss;
        this.smoothed.push(loss === null ? null : this.sum / (1 - this.smooth ** this.total));
      }
    });
  }

  /** @returns {Line[]} */
  lines() {
    const own = {x: this.step, color: 0};
    return this.smoothed
      ? [{label: 'each step', y: this.loss, faint: true, ...own}, {label: 'loss', y: this.smoothed, ...own}]
      : [{label: 'loss', y: this.loss, ...own}];
  }
}

/**
 * How long it will take from now on, in seconds, by the latest epochs or else by all steps since its start.
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

/** @param {RunView} run @param {HistoryColumns} history */
function progress(run, history) {
  const all = (run.epochs ?? 0) * (run.steps_per_epoch ?? 0);
  const running = run.state === 'RUNNING';
  const left = remaining(run, history);
  /** @type {Record<string, string>} */
  const said = {
    QUEUED: 'Waiting for a trainer.',
    RUNNING: left === null ? 'Training.' : `About ${duration(Math.max(0, left))} left.`,
    COMPLETED: `Completed after ${duration(run.seconds)}.`,
    FAILED: 'Failed.',
    CANCELLED: 'Cancelled.',
    REJECTED: 'Rejected.',
  };
  return [
    h(
      'div',
      {},
      h('span', {class: 'left'}, said[run.state], run.reason && h('span', {class: 'bad'}, ` ${run.reason}`)),
      h('span', {class: 'soft'}, all
        ? `epoch ${Math.min(run.epochs_done + (running ? 1 : 0), run.epochs ?? 0)} of ${run.epochs}, step ${count(run.steps_done)} of ${count(all)}`
        : '')),
    h('progress', {max: all || 1, value: Math.min(run.steps_done, all || 1), 'aria-label': 'Progress'}),
  ];
}

/** @param {RunView} run */
function numbers(run) {
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
  const list = (facts, style) => facts.length > 0 && h('dl', {class: 'numbers'}, facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value, more]) => h(
      'div', {}, h('dt', {}, name), h('dd', {class: style}, value, more && h('small', {}, more)))));
  const isFinite = !Object.values(run.test ?? run.metrics ?? {}).includes(null);
  return [list(large, 'large'), !isFinite && h('p', {class: 'hint'}, `Not finite: ${NOT_FINITE}`), list(small, null)];
}

/**
 * What was noted of the data, a line each.
 * @param {import('./types').DataNotes | undefined} notes
 */
function dataNotes(notes) {
  const {time, gaps, left_out: leftOut = [], warnings = []} = notes ?? {};
  const steps = time?.step ? `${time.step} from one row to the next` : 'no regular step';
  const missing = time?.gaps && !gaps?.steps ? `, ${plural(time.gaps, 'step')} not there` : '';
  const lines = [
    time?.columns && `Dates in ${time.columns.join(' and ')}, written ${time.format?.replaceAll('_', ' ')}${time.zone ? `, in ${time.zone}` : ''}: ${time.from} to ${time.to}, ${steps}${missing}.`,
    time?.sorted === false && 'The rows of the file were not in the order of time; they were sorted.',
    time?.note,
    gaps && `Missing: ${plural(gaps.values, 'value')} and ${plural(gaps.steps, 'step')} (${gaps.missing.replaceAll('_', ' ')}); ${plural(gaps.windows, 'window')} touched.`,
    ...leftOut.map(({cause, count: n, files}) => `Left out, ${cause.replaceAll('_', ' ')}: ${count(n)} (${files.join(', ')}${n > files.length ? ', …' : ''}).`),
    ...warnings,
  ].filter(line => typeof line === 'string');
  return lines.length > 0 && h(
    'section',
    {class: 'card', 'aria-label': 'Data'},
    h('header', {}, h('h2', {}, 'Data')),
    lines.map(line => h('p', {}, line)));
}

/** @param {string | undefined} at @returns {[string | undefined, string | undefined]} the time of day, and the day */
function atClock(at) {
  const [day, time] = at ? when(at).split(', ') : [];
  return [time, day];
}

/** @param {RunView} run */
function network(run) {
  const layers = run.layers ?? [];
  const branches = layers.some(layer => layer.inputs);
  const held = layers.reduce((sum, layer) => sum + (layer.non_trainable_parameters ?? 0), 0);
  /** @param {number} i */
  const taken = i => layers[i].inputs?.join(', ') ?? layers[i - 1]?.name ?? 'input';
  /** @param {string} what @param {number} n */
  const total = (what, n) => h('tr', {}, h('th', {scope: 'row', colspan: 3}, what), h('td', {class: 'num'}, count(n)), branches ? h('td') : null);
  return h(
    'div',
    {class: 'scroll'},
    h(
      'table',
      {},
      h('caption', {class: 'unseen'}, 'The network from input to output'),
      head('layer', 'type', 'output', ['parameters', {class: 'num'}], ...(branches ? ['takes'] : [])),
      h('tbody', {}, layers.map((layer, i) => h(
        'tr',
        {},
        h('th', {scope: 'row', class: 'id'}, layer.name),
        h('td', {}, layer.type),
        h('td', {class: 'shape'}, layer.output_shape.map(n => n ?? '?').join(' × ')),
        h('td', {class: 'num'}, count(layer.parameters + (layer.non_trainable_parameters ?? 0))),
        branches ? h('td', {class: 'id'}, taken(i)) : null))),
      h('tfoot', {}, total('trainable', run.parameters ?? 0), held > 0 ? total('not trainable', held) : null)));
}

/** @param {RunView} run */
function requestCard(run) {
  const text = json(run.request);
  const copy = h('button', {
    type: 'button',
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      copy.textContent = 'Copied';
      announce('Copied');
    },
  }, 'Copy');
  return h(
    'details',
    {class: 'card'},
    h(
      'summary',
      {},
      h('h2', {}, 'Request'),
      ' ',
      h('span', {class: 'hint'}, run.state === 'REJECTED' ? 'as it came' : 'every default filled in once the run has started')),
    h('div', {class: 'buttons'}, copy, h('a', {class: 'button', href: again(run)}, 'Run again with changes')),
    h('pre', {tabindex: 0}, text));
}

/** @param {RunView} run */
function again(run) {
  return address(['ui', 'new'], {from: run.run});
}

/**
 * Augmented samples, as the augmentation service draws them; asked for once they come into view.
 *
 * @param {RunView} run
 */
function samplesCard(run) {
  const place = h('div', {class: 'sheet-place'}, h('p', {class: 'hint'}, 'Drawing…'));
  const card = h(
    'section',
    {class: 'card', 'aria-label': 'Augmented samples'},
    h('header', {}, h('h2', {}, 'Augmented samples'), h('span', {class: 'hint'}, 'the original at the left, then what epochs make of it')),
    place);
  new IntersectionObserver(async (entries, observer) => {
    if (!entries.some(e => e.isIntersecting)) {
      return;
    }
    observer.disconnect();
    try {
      const variants = matchMedia('(max-width: 40rem)').matches ? 4 : 9;
      const response = await ask(address(['runs', run.run, 'samples'], {samples: 3, variants}));
      const mixed = response.headers.get('Preview-Note');
      const src = await dataUrl(await response.blob());
      replace(
        place,
        h('img', {class: 'sheet', src, alt: 'Samples of the training part, each with its augmented versions in a row'}),
        mixed && h('p', {class: 'hint'}, mixed));
    } catch (e) {
      replace(place, h('p', {class: 'hint'}, e instanceof Refusal ? `No samples: ${e.message}` : String(e)));
    }
  }).observe(place);
  return card;
}

/** @param {Blob} blob @returns {Promise<string>} */
function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/runs',
  async show(main, name) {
    document.title = `${name} · Millrace`;
    const path = ['runs', name];
    const now = view('step');
    /** @type {Set<string>} */
    const hidden = new Set();
    let run = /** @type {RunView} */ (await get(path));
    /** @type {HistoryColumns} */
    let history = {run: name, total: 0, epoch: [], step: [], at: [], metrics: {}};
    /** @type {StepCurve | null} */
    let steps = null;
    const loaded = () => steps;

    const state = h('span');
    const bar = h('div', {class: 'progress'});
    const facts = h('section', {class: 'card', 'aria-label': 'Numbers'});
    const actions = h('div', {class: 'buttons'});
    const archived = h('span', {class: 'tag', title: 'Hidden from lists and comparisons until it is restored', hidden: true}, 'archived');
    const live = h('span', {class: 'state', role: 'status', hidden: true});
    const charts = h('div', {class: 'pair'});
    const files = h('span');
    const evaluationPlace = h('div', {class: 'pair'});
    const dataPlace = h('div');
    const networkPlace = h('div');
    const logList = h('ol', {class: 'log', tabindex: 0, 'aria-label': 'What happened'});
    const logMore = h('div', {class: 'buttons'});

    // --- What is known of it ------------------------------------------------------------------------

    const describe = () => {
      replace(state, stateMark(run.state));
      replace(bar, ...progress(run, history));
      replace(facts, ...numbers(run));
      replace(
        actions,
        run.request && h('a', {class: 'button', href: again(run)}, 'Run again with changes'),
        run.model && h('a', {class: 'button', href: address([...path, 'model']), download: ''}, `Model (${bytes(run.model.bytes)})`),
        ENDED.includes(run.state)
          ? [
            deedButton(run.archived ? 'restore' : 'archive', path, name, reload, complain),
            deedButton('delete', path, name, leave, complain),
          ]
          : h('button', {type: 'button', onclick: cancel}, 'Cancel'));
      archived.hidden = !run.archived;
    };
    /** @param {string} problem */
    const complain = problem => bar.append(h('p', {class: 'problem', role: 'alert'}, problem));
    const leave = () => location.assign(run.experiment ? address(['ui', 'runs'], {experiment: run.experiment}) : '/ui/runs');
    const cancel = async () => {
      if (!confirm(`Cancel ${name}? What it has learnt is lost.`)) {
        return;
      }
      try {
        await ask(address(path), {method: 'DELETE'});
        announce('It is being cancelled');
      } catch (e) {
        complain(e instanceof Refusal ? e.message : String(e));
      }
    };
    const reload = async () => {
      run = await get(path);
      describe();
      if (run.layers && !networkPlace.hasChildNodes()) {
        showNetwork();
      }
    };
    const showNetwork = () => {
      replace(dataPlace, dataNotes(run.data_notes));
      replace(
        networkPlace,
        run.layers && h(
          'details',
          {class: 'card', open: true},
          h('summary', {}, h('h2', {}, 'Network'), ' ', h('span', {class: 'hint'}, `${plural(run.layers.length, 'layer')}, ${plural(run.parameters ?? 0, 'parameter')}`)),
          (run.data_notes?.model ?? []).map(line => h('p', {class: 'hint'}, line)),
          network(run)));
    };

    // --- Its curves ---------------------------------------------------------------------------------

    /** @type {Map<string, {chart: Chart, title: HTMLElement, legend: HTMLElement}>} */
    const shown = new Map();
    /** @param {string} metric */
    const place = metric => {
      let found = shown.get(metric);
      if (!found) {
        const chart = new Chart({
          label: metric,
          empty: 'The first losses come with the first steps.',
          x: x => writtenX(now.x, x),
          whole: () => now.x !== 'time',
          sync: 'run',
          onZoom: metric === 'loss' ? zoomed : undefined,
        });
        chart.log = now.log;
        found = {chart, title: h('h2'), legend: h('div')};
        shown.set(metric, found);
        charts.append(h('div', {}, h('div', {class: 'tools'}, found.title, found.legend), chart.element));
      }
      return found;
    };
    const xOf = () => {
      const start = Date.parse(run.started_at ?? history.at[0] ?? '');
      return now.x === 'epoch'
        ? history.epoch
        : now.x === 'step'
          ? history.step
          : history.at.map(at => (Date.parse(at) - start) / 1000);
    };
    const paint = () => {
      const x = xOf();
      const columns = now.smooth ? {...history.metrics, ...history.smoothed} : history.metrics;
      // A learning rate that stays as it is has no curve worth a place.
      const metrics = ['loss', ...Object.keys(columns).filter(n => n !== 'loss' && !n.startsWith('val_')
        && !(n === 'learning_rate' && columns[n].every(rate => rate === columns[n][0])))];
      for (const metric of metrics) {
        const {chart, title, legend: legendPlace} = place(metric);
        /** @type {Line[]} */
        const lines = metric === 'loss' && now.x === 'step' && steps
          ? steps.lines()
          : columns[metric] ? [{label: metric, x, y: columns[metric], color: 0}] : [];
        const validation = columns[`val_${metric}`];
        if (validation) {
          lines.push({label: `val_${metric}`, x, y: validation, color: 1, dash: 1});
        }
        title.textContent = metric.replace('_', ' ');
        chart.options.label = `${metric} by ${now.x}`;
        chart.draw(lines.map(line => ({...line, hidden: hidden.has(line.label)})));
        replace(legendPlace, legend(lines.filter(l => !l.faint).map(l => ({...l, hidden: hidden.has(l.label)})), label => {
          if (!hidden.delete(label)) {
            hidden.add(label);
          }
          paint();
        }));
      }
      replace(files, exports(address([...path, now.x === 'step' ? 'losses' : 'history'])));
    };
    const askedSteps = latest();
    /** @param {number | null} [from] @param {number | null} [to] */
    const loadSteps = async (from, to) => {
      const columns = await askedSteps(signal => get([...path, 'losses'], {points: POINTS, smooth: now.smooth || null, from, to}, signal));
      if (columns) {
        steps = new StepCurve(/** @type {LossColumns} */ (columns), now.smooth);
        paint();
      }
    };
    const askedHistory = latest();
    const loadHistory = async () => {
      const columns = await askedHistory(signal => get([...path, 'history'], {points: POINTS, smooth: now.smooth || null}, signal));
      if (columns) {
        history = /** @type {HistoryColumns} */ (columns);
        paint();
        replace(bar, ...progress(run, history));
      }
    };
    // A part of a long run is asked for again: it has more points than the whole showed of it.
    /** @param {number | null} min @param {number | null} max */
    const zoomed = (min, max) => {
      if (now.x === 'step' && (min === null || max === null)) {
        loadSteps();
      } else if (now.x === 'step' && steps && steps.total > POINTS) {
        loadSteps(Math.max(0, Math.floor(min ?? 0)), Math.ceil(max ?? 0));
      }
    };

    // --- What came out ------------------------------------------------------------------------------

    const evaluate = async () => {
      let found;
      try {
        found = /** @type {import('./types').Evaluation} */ (await get([...path, 'evaluation']));
      } catch (e) {
        if (e instanceof Refusal && e.status === 404) {
          replace(evaluationPlace);
          return;
        }
        throw e;
      }
      const file = exports(address([...path, 'evaluation']));
      if (found.confusion) {
        replace(
          evaluationPlace,
          h(
            'section',
            {class: 'card', 'aria-label': 'Confusion matrix'},
            h('header', {}, h('h2', {}, 'Confusion matrix'), h('span', {class: 'hint'}, `rows are the truth, columns the answer; ${plural(found.samples, 'sample')}`)),
            confusionMatrix(found.confusion)),
          found.per_class && h(
            'section',
            {class: 'card', 'aria-label': 'By class'},
            h('header', {}, h('h2', {}, 'By class'), file),
            perClass(found.per_class)));
      } else if (found.prediction) {
        evaluationPlace.className = '';
        replace(
          evaluationPlace,
          h('section', {class: 'card', 'aria-label': 'Prediction'}, h('header', {}, h('h2', {}, 'Prediction against truth'), h('span', {class: 'hint'}, covers(found)), file), residuals(found.prediction, found.baseline?.name ?? 'naive answer')));
      }
    };

    // --- What happened ------------------------------------------------------------------------------

    /** @type {Set<string>} */
    const known = new Set();
    let lastLog = 0;
    /** @param {LogItem[]} items */
    const log = items => {
      const bottom = logList.scrollTop + logList.clientHeight >= logList.scrollHeight - 8;
      for (const item of items) {
        if (!known.has(String(item.id))) {
          known.add(String(item.id));
          lastLog = Number(item.id);
          logList.append(h(
            'li',
            {'data-type': item.type},
            h('time', {datetime: item.at, title: when(item.at)}, clock(item.at)),
            h('span', {class: /failed|rejected/.test(item.type) ? 'bad' : null}, item.text)));
        }
      }
      if (bottom) {
        logList.scrollTop = logList.scrollHeight;
      }
    };
    /** @param {string} [cursor] */
    const loadLog = async cursor => {
      const answer = /** @type {import('./types').LogPage} */ (await get([...path, 'log'], {limit: LOG_PAGE, cursor}));
      log(answer.events);
      replace(logMore, answer.next && h('button', {type: 'button', onclick: () => loadLog(answer.next)}, 'More of what happened'));
    };

    const range = isRangeTest(run) ? rangeTestCard(run) : null;
    replace(
      main,
      h(
        'div',
        {class: 'run-head'},
        h(
          'div',
          {class: 'head'},
          crumbs([
            ['/ui/', 'Experiments'],
            .../** @type {[string, string][]} */ (run.experiment ? [[address(['ui', 'experiments', run.experiment]), run.experiment]] : []),
            ['', name],
          ]),
          h('h1', {}, name),
          h('p', {class: 'facts'}, state, archived, run.variant && h('span', {}, `variant ${run.variant}`), run.tags?.map(tag => h('span', {}, `#${tag}`)), live)),
        actions),
      h('section', {class: 'card', 'aria-label': 'Progress'}, bar),
      facts,
      h(
        'section',
        {class: 'card', 'aria-label': 'Curves'},
        h('div', {class: 'tools'}, curveTools(now, change => {
          shown.forEach(({chart}) => {
            if (change === 'log') {
              chart.log = now.log;
            } else {
              chart.zoom = undefined;
            }
          });
          if (change === 'x') {
            paint();
          } else if (change === 'smooth') {
            loadSteps();
            loadHistory();
          }
        }), files),
        charts),
      range?.element,
      evaluationPlace,
      dataPlace,
      samplesCardOf(run),
      networkPlace,
      h('section', {class: 'card', 'aria-label': 'Log'}, h('header', {}, h('h2', {}, 'What happened')), logList, logMore),
      run.request
        ? requestCard(run)
        : run.state === 'REJECTED' && h('p', {class: 'card hint'}, 'Its request is not kept here because it is not a JSON object. The record is on the topic training-requests-dlq, with the reason.'));
    describe();
    showNetwork();
    paint();
    await Promise.all([loadSteps(), loadHistory(), evaluate(), range?.load(), loadLog().catch(e => {
      replace(logMore, h('p', {class: 'hint'}, e instanceof Refusal ? e.message : String(e)));
    })]);
    if (ENDED.includes(run.state)) {
      return;
    }

    const thin = sparing(REFRESH_MS, () => loadSteps());
    const renew = sparing(REFRESH_MS, () => Promise.all([reload(), loadHistory(), range?.load()]));
    live.hidden = false;
    // From what is shown on: nothing twice, and nothing left out.
    const end = listen([...path, 'events'], `${lastLog}.${(loaded()?.step.at(-1) ?? -1) + 1}`, {
      steps: (/** @type {StepsEvent} */ more) => {
        run.steps_done = Math.max(run.steps_done, more.steps_done);
        run.epochs_done = Math.max(run.epochs_done, more.epochs_done);
        replace(bar, ...progress(run, history));
        const loss = shown.get('loss')?.chart;
        if (!steps || loss?.zoom) {
          return;
        }
        steps.append(more);
        if (steps.step.length > MAX_POINTS) {
          thin();
        }
        if (now.x === 'step') {
          paint();
        }
      },
      log: (/** @type {LogItem} */ item) => {
        log([item]);
        renew();
      },
      run: (/** @type {import('./types').RunSummary} */ summary) => {
        run = {...run, ...summary};
        describe();
        if (ENDED.includes(run.state)) {
          live.hidden = true;
          end();
          renew();
          loadSteps();
          range?.load();
          evaluate();
          loadLog();
        }
      },
    }, connected => {
      live.textContent = connected ? 'live' : 'connecting…';
      live.dataset.state = connected ? 'RUNNING' : 'QUEUED';
    });
  },
};

/** @param {RunView} run of rows there is none */
function samplesCardOf(run) {
  const dataset = /** @type {Record<string, unknown> | undefined} */ (run.request?.dataset);
  return dataset && kindOf(dataset) !== 'rows' && samplesCard(run);
}
