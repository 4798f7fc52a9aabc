// An experiment: the answer, the variants side by side, their curves, their runs.

import {Refusal, address, ask, get, latest} from './api.js';
import {Chart, legend, look, swatch} from './chart.js';
import {curveTools, exports, keep, parameters, view, writtenX} from './curve-tools.js';
import {announce, answerParts, crumbs, h, head, note, replace, segments, stateMark, svg} from './dom.js';
import {NOT_FINITE, duration, number, plural, probability, runsInWords, signed, spread} from './format.js';
import {deedButton} from './housekeeping.js';
import {listen, sparing} from './live.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').Variant} Variant */
/** @typedef {import('./types').Spread} Spread */
/** @typedef {import('./types').VariantCurve} VariantCurve */
/** @typedef {import('./types').RunSummary} RunSummary */
/** @typedef {import('./chart.js').Line} Line */

const POINTS = 500;
const RUNS = 200;
const REFRESH_MS = 2000;
/** Rejected requests never trained; they stand in a list of their own. */
const TRAINED = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'];
/** More seeds are asked for at once by no call. */
const MOST_MORE = 50;

/** So old may an answer about an experiment be: after the last event it is asked for once more. */
const OLD_MS = 1500;

/** @type {Record<string, [string, string]>} */
const VERDICTS = {
  better: ['▲ better', 'good'],
  worse: ['▼ worse', 'bad'],
  no_difference: ['= no difference', 'soft'],
  undecided: ['undecided', 'soft'],
  no_spread: ['one run only', 'soft'],
};

/**
 * A variant's number of a metric.
 *
 * @param {Variant} variant
 * @param {string} metric
 * @returns {Spread | null | undefined} null: finite in none of its runs
 */
function ofMetric(variant, metric) {
  if (metric.startsWith('test_')) {
    return variant.test?.[metric.slice(5)];
  }
  return metric in (variant.last_epoch ?? {}) ? variant.last_epoch[metric] : /** @type {any} */ (variant)[metric];
}

/** @param {Spread} s @returns {[number, number]} from where to where it is likely, else where it was seen */
function reach(s) {
  return typeof s.low === 'number' && typeof s.high === 'number' ? [s.low, s.high] : [s.min, s.max];
}

/**
 * Means with their intervals on a common scale.
 *
 * @param {Variant[]} variants
 * @param {string} metric
 * @param {string | undefined} baseline
 * @returns {(variant: Variant, color: number) => Element | string}
 */
function whiskers(variants, metric, baseline) {
  const WIDTH = 152;
  const spreads = variants.map(v => ofMetric(v, metric)).filter(s => s !== undefined && s !== null);
  const ends = spreads.flatMap(s => [...reach(s), s.mean]);
  const min = Math.min(...ends);
  const range = Math.max(...ends) - min || 1;
  /** @param {number} value */
  const at = value => (6 + ((value - min) / range) * (WIDTH - 12)).toFixed(1);
  const base = variants.find(v => v.variant === baseline);
  const zero = base && ofMetric(base, metric);
  return (variant, color) => {
    const s = ofMetric(variant, metric);
    if (!s) {
      return '';
    }
    const [low, high] = reach(s);
    const stroke = `var(--series-${color})`;
    const line = svg('path', {d: `M${at(low)} 10H${at(high)}M${at(low)} 6v8M${at(high)} 6v8`, 'stroke-width': 1.75});
    const dot = svg('circle', {cx: at(s.mean), cy: 10, r: 4});
    line.style.stroke = stroke;
    dot.style.fill = stroke;
    const rule = zero && svg('path', {d: `M${at(zero.mean)} -9V29`, 'stroke-width': 1, 'stroke-dasharray': '2 3'});
    if (rule) {
      rule.style.stroke = 'var(--soft)';
    }
    const said = s.n > 1 ? `${number(low)} to ${number(high)}` : number(s.mean);
    return svg('svg', {class: 'whiskers', viewBox: `0 0 ${WIDTH} 20`, role: 'img', 'aria-label': said}, rule, line, dot);
  };
}

/**
 * @param {ExperimentView} found
 * @param {Map<string, {color: number, dash: number}>} looks
 */
function table(found, looks) {
  const metric = found.metric ?? 'test_loss';
  const plot = whiskers(found.variants, metric, found.baseline);
  const short = metric.replace(/^test_/, '');
  const gapOf = short in (found.variants[0]?.generalization_gap ?? {}) ? short : 'loss';
  const naive = found.variants.map(v => v.baseline).find(b => b?.metrics[short]);
  const hasGap = found.variants.some(v => v.generalization_gap?.[gapOf]);
  const units = found.variants.some(v => v.prediction?.rmse);
  /** @param {Spread | null | undefined} s @param {number} [digits] */
  const cell = (s, digits) => {
    const [mean, half] = spread(s, digits);
    return h('td', {class: 'num', title: s === null ? `Not finite: ${NOT_FINITE}` : null}, mean, half && h('span', {class: 'spread'}, ` ${half}`));
  };
  return h(
    'table',
    {},
    h('caption', {class: 'unseen'}, `The variants by ${metric}`),
    head(
      'variant',
      ['runs', {class: 'num'}],
      [metric.replace('_', ' '), {class: 'num', title: 'the mean of the runs, ± half of its 95 % interval'}],
      ['95 % interval of the mean', {title: 'Student’s t over the replicates; the dashed line is the baseline’s mean'}],
      ['difference', {class: 'num', title: `against ${found.baseline ?? 'the baseline'}, with its 95 % interval`}],
      ['p', {class: 'num', title: 'Welch’s t-test, two-sided, corrected for the number of comparisons (Holm)'}],
      'verdict',
      ...(hasGap ? [/** @type {[string, any]} */ ([`gap of ${gapOf}`, {class: 'num', title: 'How much worse the last epoch is on validation than on training'}])] : []),
      ...(units ? [/** @type {[string, any]} */ (['rmse in units', {class: 'num'}])] : []),
      ['best epoch', {class: 'num'}],
      ['seconds', {class: 'num'}]),
    h(
      'tbody',
      {},
      found.variants.map(variant => {
        const style = looks.get(variant.variant) ?? {color: 0, dash: 0};
        const c = variant.comparison;
        const [verdict, tone] = VERDICTS[c?.verdict ?? ''] ?? ['', ''];
        const runs = variant.runs.length;
        return h(
          'tr',
          {title: c?.sentence},
          h('th', {scope: 'row'}, swatch(style), ' ', variant.variant),
          h('td', {class: 'num', title: runsInWords(variant.states)}, variant.completed === runs ? runs : `${variant.completed} of ${runs}`),
          cell(ofMetric(variant, metric)),
          h('td', {}, plot(variant, style.color)),
          c
            ? h(
              'td',
              {class: 'num'},
              signed(c.difference),
              typeof c.low === 'number' && typeof c.high === 'number'
                && h('span', {class: 'spread'}, ` [${signed(c.low, 2)}, ${signed(c.high, 2)}]`))
            : h('td', {class: 'num soft'}, variant.variant === found.baseline ? 'baseline' : '–'),
          h('td', {class: 'num'}, c ? probability(c.p_corrected) : ''),
          h('td', {class: `${tone} whole`.trim()}, verdict),
          hasGap && cell(variant.generalization_gap?.[gapOf], 3),
          units && cell(variant.prediction?.rmse, 3),
          cell(variant.best_epoch && {...variant.best_epoch, low: null, high: null}, 2),
          cell(variant.seconds, 3));
      }),
      naive && h(
        'tr',
        {class: 'soft'},
        h('th', {scope: 'row'}, `naive: ${naive.name.replace('_', ' ')}`),
        h('td', {}),
        h('td', {class: 'num'}, number(naive.metrics[short]?.mean)),
        h('td', {colspan: 20}))));
}

/**
 * Trains more seeds of variants, so that they can be told from one another.
 *
 * @param {string[]} path of the experiment
 * @param {string[]} variants
 * @param {number} seeds of each
 * @param {(problem: string) => void} refused
 */
function moreButton(path, variants, seeds, refused) {
  const count = Math.min(seeds, MOST_MORE);
  const button = h('button', {
    type: 'button',
    onclick: async () => {
      button.disabled = true;
      try {
        for (const variant of variants) {
          await ask(address([...path, 'more']), {
            method: 'POST',
            headers: {'Content-Type': 'application/json', Accept: 'application/json'},
            body: JSON.stringify({variant, seeds: count}),
          });
        }
        announce(`${plural(count, 'more seed')} of ${variants.join(' and ')} will be trained`);
      } catch (e) {
        refused(e instanceof Refusal ? e.message : String(e));
        button.disabled = false;
      }
    },
  }, `Train ${plural(count, 'more seed')} of both`);
  return button;
}

/** In words: what decides how many seeds there are. @param {import('./types').Adaptive} plan */
function planInWords(plan) {
  const looks = plan.looks.map(look => look.seeds).join(', ');
  return [
    `${plan.from} to ${plan.to} seeds until decided`,
    looks && `, looked after ${looks} seeds`,
    plan.end_reason && plan.end_reason !== 'finished' && `, ended: ${plan.end_reason}`,
  ].filter(Boolean).join('');
}

/**
 * The trials of a search: those that came furthest first, the best of them first.
 *
 * @param {import('./types').Search} search
 */
function trialTable(search) {
  const sign = search.higher_is_better ? -1 : 1;
  /** @param {import('./types').Trial} t */
  const rank = t => t.value === undefined ? Infinity : sign * t.value;
  const trials = [...search.trials].sort((a, b) => b.epochs - a.epochs || rank(a) - rank(b) || a.trial - b.trial);
  const paths = Object.keys(search.trials[0]?.values ?? {});
  return h(
    'table',
    {},
    h('caption', {class: 'unseen'}, `The trials by ${search.metric}`),
    head(
      'trial',
      ...paths.map(path => /** @type {[string, any]} */ ([
        path.split('.').slice(-1)[0],
        {title: path, class: search.trials.every(t => typeof t.values[path] === 'number') ? 'num' : ''},
      ])),
      ['epochs', {class: 'num', title: 'of the rung that it has come to'}],
      [search.metric.replace('_', ' '), {class: 'num', title: 'at the end of the highest rung where it has one'}],
      'state'),
    h('tbody', {}, trials.map(t => h(
      'tr',
      {},
      h('td', {}, t.run ? h('a', {class: 'id', href: address(['ui', 'runs', t.run])}, t.run) : t.trial),
      paths.map(path => h('td', {class: typeof t.values[path] === 'number' ? 'num' : ''}, String(t.values[path]))),
      h('td', {class: 'num'}, t.epochs || ''),
      h('td', {class: 'num'}, number(t.value)),
      h('td', {class: t.stopped ? 'soft' : ''}, search.finalists?.includes(t.variant) && h('span', {class: 'tag'}, 'finalist'), ' ', t.stopped ?? t.status)))));
}

/** In words: what a search has cost, and how it goes on. @param {import('./types').Search} search */
function searchInWords(search) {
  return [
    `${search.strategy.replace('_', ' ')} by ${search.metric}`,
    `, ${search.epochs_spent} of ${plural(search.epochs_in_full, 'epoch')} spent`,
    search.finalists && `, ${plural(search.finalists.length, 'finalist')} with ${plural(search.seeds, 'other seed')} each`,
    search.end_reason && search.end_reason !== 'finished' && `, ended: ${search.end_reason}`,
  ].filter(Boolean).join('');
}

/** @param {RunSummary[]} runs @param {string | undefined} metric */
function runTable(runs, metric) {
  const name = (metric ?? 'test_loss').replace(/^test_/, '');
  return h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'The runs, newest first'),
    head('run', 'variant', ['seed', {class: 'num'}], 'state', 'progress', [`test ${name}`, {class: 'num'}], ['val loss', {class: 'num'}], ['time', {class: 'num'}]),
    h('tbody', {}, runs.map(run => h(
      'tr',
      {'data-run': run.run},
      h('td', {}, h('a', {class: 'id', href: `/ui/runs/${encodeURIComponent(run.run)}`}, run.run)),
      h('td', {}, run.variant),
      h('td', {class: 'num'}, run.seed),
      h('td', {}, stateMark(run.state, run.reason), run.archived && h('span', {class: 'tag'}, 'archived')),
      h('td', {}, progressOf(run)),
      h('td', {class: 'num'}, number(run.test?.[name])),
      h('td', {class: 'num'}, number(run.metrics?.val_loss)),
      h('td', {class: 'num'}, duration(run.seconds))))));
}

/** @param {RunSummary} run */
export function progressOf(run) {
  const epochs = run.epochs ?? 0;
  const all = epochs * (run.steps_per_epoch ?? 0);
  return [
    run.state === 'RUNNING' && all > 0 && h('progress', {
      class: 'thin', max: all, value: run.steps_done, 'aria-label': `${run.epochs_done} of ${plural(epochs, 'epoch')}`,
    }),
    h('span', {class: 'spread'}, ` ${run.epochs_done} of ${epochs ? plural(epochs, 'epoch') : '? epochs'}`),
  ];
}

/**
 * The pairs of training and validation that its curves have.
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

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main, name) {
    document.title = `${name} · Millrace`;
    const query = parameters();
    const chosen = {baseline: query.get('baseline'), metric: query.get('metric'), archived: query.get('archived')};
    const now = view('epoch');
    let curve = query.get('curve') ?? 'loss';
    let bands = query.get('bands') ?? 'std';
    /** @type {Set<string>} */
    const hidden = new Set();
    /** @type {Map<string, {color: number, dash: number}>} */
    const looks = new Map();
    const path = ['experiments', name];

    let found = /** @type {ExperimentView} */ (await get(path, chosen).catch(e => {
      if (!(e instanceof Refusal) || e.status !== 404 || chosen.archived) {
        throw e;
      }
      chosen.archived = 'true'; // All its runs may be.
      return get(path, chosen);
    }));

    const answer = h('p', {class: 'answer'});
    const facts = h('p', {class: 'facts'});
    const comparison = h('div', {class: 'scroll'});
    const trialsPlace = h('div', {class: 'scroll'});
    const sentences = h('ul', {class: 'sentences', 'aria-label': 'Each variant in a sentence'});
    const choices = h('div', {class: 'tools'});
    const files = h('span');
    const legendPlace = h('div');
    const curveChoice = h('span');
    const runsPlace = h('div', {class: 'scroll'});
    const live = h('span', {class: 'state', role: 'status'}, 'connecting…');
    const charts = ['', 'val_'].map(prefix => new Chart({
      label: `${prefix}${curve} by ${now.x}`,
      empty: 'The curves come with the first epoch.',
      x: x => writtenX(now.x, x),
      whole: () => now.x !== 'time',
      sync: 'experiment',
    }));
    const titles = charts.map(() => h('h2'));
    charts.forEach(chart => { chart.log = now.log; });

    const describe = () => {
      for (const variant of found.variants) {
        if (!looks.has(variant.variant)) {
          looks.set(variant.variant, look(looks.size));
        }
      }
      const runs = found.variants.reduce((n, v) => n + v.runs.length, 0);
      replace(answer, answerParts(found.answer));
      /** @type {Record<string, number>} */
      const states = {};
      found.variants.forEach(v => Object.entries(v.states).forEach(([s, n]) => { states[s] = (states[s] ?? 0) + n; }));
      replace(
        facts,
        found.variants.length > 0 && h('span', {}, `${plural(found.variants.length, 'variant')}, ${plural(runs, 'run')}: ${runsInWords(states)}`),
        found.adaptive && h('span', {}, planInWords(found.adaptive)),
        found.search && h('span', {}, searchInWords(found.search)),
        rejectedLink(name, found.rejected, chosen.archived),
        chosen.archived && h('span', {class: 'tag'}, 'with archived runs'),
        found.truncated && h('span', {}, 'only the newest 5,000 runs count'),
        live);
      replace(trialsPlace, found.search && trialTable(found.search));
      replace(comparison, found.variants.length > 0
        ? table(found, looks)
        : found.search?.open
          ? note('Nothing is compared yet.', 'The finalists of the search will be, once they are run again.')
          : note('Nothing is compared.', 'The search ended without finalists.'));
      replace(sentences, found.variants.filter(v => v.comparison?.sentence).map(v => h(
        'li',
        {},
        answerParts(v.comparison?.sentence),
        v.comparison?.more_seeds && found.baseline && [' ', moreButton(path, [v.variant, found.baseline], v.comparison.more_seeds, complain)])));
      const metrics = [...new Set(found.variants.flatMap(v => Object.keys(v.test ?? {})))].map(m => `test_${m}`);
      replace(
        choices,
        select('metric', metrics, found.metric, metric => { chosen.metric = metric; keep({metric}); return compare(); }),
        select('baseline', found.variants.map(v => v.variant), found.baseline, baseline => { chosen.baseline = baseline; keep({baseline}); return compare(); }),
        exports(address(path, chosen)));
      const known = metricsOf(found);
      replace(curveChoice, known.length > 1 && segments('curves', known.map(m => [m, m]), curve, value => {
        curve = value;
        keep({curve: value === 'loss' ? null : value});
        return draw();
      }));
    };

    const compare = async () => {
      found = await get(path, chosen);
      describe();
    };

    const asked = latest();
    /** @type {(VariantCurve[] | null)[]} */
    let drawn = [null, null];
    const draw = async () => {
      const answers = await asked(signal => Promise.all(['', 'val_'].map(prefix => get(
        [...path, 'curves'],
        {metric: prefix + curve, x: now.x, points: POINTS, smooth: now.smooth || null, archived: chosen.archived},
        signal))));
      if (answers) {
        drawn = answers.map(a => /** @type {import('./types').ExperimentCurves} */ (a).variants);
        paint();
      }
    };
    const paint = () => {
      charts.forEach((chart, i) => {
        const metric = ['', 'val_'][i] + curve;
        titles[i].textContent = metric === curve ? `training ${curve}` : `validation ${curve}`;
        chart.options.label = `${titles[i].textContent} by ${now.x}`;
        chart.draw((drawn[i] ?? []).map(line));
      });
      const lines = found.variants.map(v => ({
        label: v.variant, x: [], y: [], hidden: hidden.has(v.variant), ...looks.get(v.variant),
      }));
      replace(legendPlace, legend(lines, label => {
        if (!hidden.delete(label)) {
          hidden.add(label);
        }
        paint();
      }));
      replace(files, exports(address([...path, 'curves'], {metric: curve, x: now.x, points: POINTS, archived: chosen.archived})));
    };
    /** @param {VariantCurve} v @returns {Line} */
    const line = v => ({
      label: v.variant,
      x: v.x,
      y: v.smoothed ?? v.mean,
      hidden: hidden.has(v.variant),
      ...(looks.get(v.variant) ?? {color: 6, dash: 1}),
      ...(bands === 'std' ? {low: v.low, high: v.high} : bands === 'range' ? {low: v.min, high: v.max} : {}),
    });

    const listRuns = async () => {
      const answer = /** @type {import('./types').RunPage} */ (await get(['runs'], {
        experiment: name, state: TRAINED, archived: chosen.archived, limit: RUNS,
      }));
      replace(
        runsPlace,
        runTable(answer.runs, found.metric),
        answer.next && h('p', {class: 'hint'}, h('a', {href: address(['ui', 'runs'], {experiment: name})}, 'All runs of this experiment')));
    };

    const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
    /** @param {string} said */
    const complain = said => {
      problem.textContent = said;
      problem.hidden = false;
    };
    const all = `all runs of ${name}`;
    const leave = () => location.assign('/ui/');

    replace(
      main,
      h(
        'div',
        {class: 'run-head'},
        h(
          'div',
          {class: 'head'},
          crumbs([['/ui/', 'Experiments'], ['', name]]),
          h('h1', {class: 'unseen'}, name),
          answer,
          facts),
        h(
          'div',
          {class: 'buttons'},
          chosen.archived
            ? deedButton('restore', path, all, () => location.assign(address(['ui', ...path])), complain)
            : deedButton('archive', path, all, leave, complain),
          deedButton('delete', path, all, leave, complain))),
      problem,
      h(
        'section',
        {class: 'card', 'aria-label': 'Comparison'},
        h('header', {}, h('h2', {}, 'Variants'), choices),
        comparison,
        sentences),
      found.search && h(
        'section',
        {class: 'card', 'aria-label': 'Search'},
        h('header', {}, h('h2', {}, 'Trials')),
        trialsPlace),
      h(
        'section',
        {class: 'card', 'aria-label': 'How curves are shown'},
        h(
          'div',
          {class: 'tools'},
          curveChoice,
          curveTools(now, change => {
            if (change === 'log') {
              charts.forEach(chart => { chart.log = now.log; });
            } else {
              charts.forEach(chart => { chart.zoom = undefined; });
              draw();
            }
          }),
          h(
            'div',
            {class: 'group'},
            h('span', {class: 'hint'}, 'band'),
            segments('band', [['std', '1 std'], ['range', 'min–max'], ['off', 'off']], bands, value => {
              bands = value;
              keep({bands: value === 'std' ? null : value});
              paint();
            })),
          files),
        legendPlace,
        h('div', {class: 'pair'}, charts.map((chart, i) => h('div', {}, titles[i], chart.element)))),
      h('section', {class: 'card', 'aria-label': 'Runs'}, h('header', {}, h('h2', {}, 'Runs')), runsPlace));

    if (found.variants.length === 0 && !found.search) {
      replace(facts, rejectedLink(name, found.rejected, chosen.archived));
      replace(comparison, note('No run of this experiment has been accepted.', 'Its requests were rejected; mend one and send it again.'));
      return;
    }
    describe();
    await Promise.all([draw(), listRuns()]);

    const redraw = sparing(REFRESH_MS, draw);
    const recount = sparing(REFRESH_MS, () => Promise.all([compare(), listRuns()]));
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let last;
    const again = () => {
      redraw();
      recount();
      clearTimeout(last);
      last = setTimeout(() => {
        redraw();
        recount();
      }, OLD_MS);
    };
    listen([...path, 'events'], null, {log: again, run: again}, connected => {
      if (connected) {
        again(); // The stream tells what happens from now on.
      } 
      live.textContent = connected ? 'live' : 'connecting…';
      live.dataset.state = connected ? 'RUNNING' : 'QUEUED';
    });
  },
};

/**
 * @param {string} experiment
 * @param {number | undefined} many
 * @param {string | null} archived
 */
function rejectedLink(experiment, many, archived) {
  return Boolean(many) && h(
    'a',
    {class: 'bad', href: address(['ui', 'runs'], {experiment, state: 'REJECTED', archived})},
    plural(many ?? 0, 'rejected request'));
}

/**
 * @param {string} label
 * @param {string[]} values
 * @param {string | undefined} chosen
 * @param {(value: string) => unknown} onChoice
 */
function select(label, values, chosen, onChoice) {
  return values.length > 0 && h(
    'label',
    {},
    label,
    h(
      'select',
      {onchange: (/** @type {any} */ e) => onChoice(e.target.value)},
      (chosen && !values.includes(chosen) ? [chosen, ...values] : values)
        .map(value => h('option', {value, selected: value === chosen}, value))));
}
