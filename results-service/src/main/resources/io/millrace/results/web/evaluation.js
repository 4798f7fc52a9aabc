// The evaluation of a run on the test part: confusion matrix, metrics by class, predictions.

import {Refusal, address, get} from './api.js';
import {Figure, useHidden} from './curves.js';
import {count, number, plural} from './format.js';
import {AT_A_TIME, TestImages} from './test-images.js';
import {Card, Exports, Head, Problem, Scroll, h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').Evaluation} Evaluation */
/** @typedef {import('./types').RunAnswers} RunAnswers */
/** @typedef {NonNullable<Evaluation['prediction']>} Prediction */
/** @typedef {{truth: number, answer: number}} Cell indices of classes */

/** With more classes than this, the matrix is drawn as pixels without numbers. */
const MAX_CELLS = 24;

/** A table with more steps ahead than this starts collapsed. */
const MAX_STEPS = 24;

/** How many of the worst windows are listed. */
const WORST = 10;

/**
 * The confusion matrix as a table of buttons.
 *
 * @param {{classes: string[], matrix: number[][], chosen: Cell | null, choose: (cell: Cell) => void}} props
 */
function Cells({classes, matrix, chosen, choose}) {
  return h(Scroll, {label: 'Confusion matrix'}, h(
    'table',
    {class: 'confusion'},
    h('caption', {class: 'unseen'}, 'Samples by true class (row) and predicted class (column)'),
    h('thead', {}, h('tr', {}, h('td'), classes.map(name => h('th', {key: name, scope: 'col', title: name}, h('span', {}, name))))),
    h('tbody', {}, matrix.map((row, i) => {
      const sum = row.reduce((a, b) => a + b, 0) || 1;
      return h(
        'tr',
        {key: classes[i]},
        h('th', {scope: 'row'}, classes[i]),
        row.map((n, j) => {
          const share = n / sum;
          const label = `${classes[i]} predicted as ${classes[j]}: ${count(n)}, ${number(share * 100, 3)} %`;
          const isChosen = chosen?.truth === i && chosen.answer === j;
          // The square root keeps few mistakes visible next to many correct predictions.
          const tone = n === 0 ? 'none' : share > 0.5 ? 'strong' : 'weak';
          return h(
            'td',
            {key: j, class: `${tone} ${i === j ? 'right' : 'wrong'}`, style: {'--share': `${(Math.sqrt(share) * 45).toFixed(0)}%`}},
            n === 0 ? '' : h('button', {type: 'button', title: label, 'aria-label': label, 'aria-pressed': String(isChosen), onClick: () => choose({truth: i, answer: j})}, n));
        }));
    }))));
}

/** The confusion matrix of many classes, drawn as pixels. @param {{classes: string[], matrix: number[][], choose: (cell: Cell) => void}} props */
function Pixels({classes, matrix, choose}) {
  const n = classes.length;
  const scale = Math.max(1, Math.floor(520 / n));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [hint, setHint] = useState('Point at a cell to read it. Click it to see its samples.');
  useEffect(() => {
    const paper = canvas.current?.getContext('2d');
    matrix.forEach((row, i) => {
      const sum = row.reduce((a, b) => a + b, 0) || 1;
      row.forEach((value, j) => {
        if (paper && value > 0) {
          paper.globalAlpha = Math.max(0.08, Math.sqrt(value / sum));
          paper.fillStyle = i === j ? '#3d8bdb' : '#e07020';
          paper.fillRect(j * scale, i * scale, scale, scale);
        }
      });
    });
  }, [matrix]);
  /** @param {any} e @returns {Cell} */
  const cell = e => {
    const box = e.currentTarget.getBoundingClientRect();
    return {
      answer: Math.min(n - 1, Math.max(0, Math.floor(((e.clientX - box.left) / box.width) * n))),
      truth: Math.min(n - 1, Math.max(0, Math.floor(((e.clientY - box.top) / box.height) * n))),
    };
  };
  return h(
    'div',
    {},
    h('canvas', {
      ref: canvas, class: 'matrix', width: n * scale, height: n * scale, role: 'img', 'aria-label': `Confusion matrix of ${plural(n, 'class', 'classes')}`,
      onPointerMove: (/** @type {any} */ e) => {
        const {truth, answer} = cell(e);
        setHint(`${classes[truth]} predicted as ${classes[answer]}: ${count(matrix[truth][answer])}`);
      },
      onClick: (/** @type {any} */ e) => choose(cell(e)),
    }),
    h('p', {class: 'hint'}, hint));
}

/** The test samples of a cell. @param {{run: string, truth: string, answer: string}} props */
function CellSamples({run, truth, answer}) {
  const [page, setPage] = useState(/** @type {RunAnswers | null} */ (null));
  const [problem, setProblem] = useState('');
  /** @param {number} from */
  const load = from => {
    get(['runs', run, 'answers'], {class: truth, answer, from, limit: AT_A_TIME}).then(found => {
      setPage(/** @type {RunAnswers} */ (found));
      setProblem('');
    }, e => setProblem(problemOf(e)));
  };
  useEffect(() => load(0), [run, truth, answer]);
  return h(
    'div',
    {class: 'cell-samples'},
    h('h3', {}, truth === answer ? `${truth}, predicted correctly` : `${truth} predicted as ${answer}`, page && `: ${plural(page.total, 'sample')}`),
    h(Problem, {text: problem}),
    page && h(TestImages, {
      run,
      samples: page.answers.map(one => ({index: one.index, text: one.confidence === undefined ? one.answer : `${one.answer}, ${number(one.confidence * 100, 2)} %`})),
    }),
    page?.next !== undefined && h('button', {type: 'button', onClick: () => load(Number(page.next))}, 'Next samples'));
}

/** @param {{run: string, found: Evaluation, hasImages: boolean}} props */
function Confusion({run, found, hasImages}) {
  const [chosen, choose] = useState(/** @type {Cell | null} */ (null));
  if (!found.confusion) {
    return null;
  }
  const {classes, matrix} = found.confusion;
  return h(
    Card,
    {title: 'Confusion matrix', hint: `rows: true class, columns: predicted class; ${plural(found.samples, 'sample')}${hasImages ? '. Choose a cell to see its images' : ''}`},
    classes.length > MAX_CELLS ? h(Pixels, {classes, matrix, choose}) : h(Cells, {classes, matrix, chosen, choose}),
    chosen && hasImages && h(CellSamples, {run, truth: classes[chosen.truth], answer: classes[chosen.answer]}));
}

/** @param {{rows: NonNullable<Evaluation['per_class']>}} props */
function PerClass({rows}) {
  return h(Scroll, {label: 'By class'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Precision, recall and f1 by class'),
    h(Head, {columns: ['class', ['precision', {class: 'num'}], ['recall', {class: 'num'}], ['f1', {class: 'num'}], ['samples', {class: 'num'}]]}),
    h('tbody', {}, rows.map(row => h(
      'tr',
      {key: row.class},
      h('th', {scope: 'row'}, row.class),
      [row.precision, row.recall, row.f1].map(value => h('td', {class: 'num'}, number(value, 3))),
      h('td', {class: 'num'}, count(row.support)))))));
}

/** The samples and steps that the chart and the numbers cover. @param {Evaluation} found */
function covers({samples, prediction}) {
  const shown = prediction?.truth.length ?? 0;
  const lines = shown < samples ? `chart: the first ${count(shown)} of ${plural(samples, 'test sample')}` : plural(samples, 'test sample');
  const steps = prediction?.steps_ahead ? `, one step ahead; errors: all samples, all ${count(prediction.steps_ahead.length)} steps ahead` : '';
  const targets = prediction?.targets ?? [];
  return `${lines}${steps}${targets.length > 1 ? `; chart and large numbers: ${targets[0].name}` : ''}`;
}

/** The errors of each target, next to those of the naive predictions. @param {{prediction: Prediction, naive: string}} props */
function ByTarget({prediction, naive}) {
  const hasSeason = prediction.seasonal_rmse !== undefined;
  /** @type {[string, Record<string, any>] | false} */
  const season = hasSeason && ['seasonal naive', {class: 'num'}];
  return h(Scroll, {label: 'Errors by target'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Errors by target'),
    h(Head, {columns: ['target', ['rmse', {class: 'num'}], [naive, {class: 'num'}], season, ['mae', {class: 'num'}], [naive, {class: 'num'}], season]}),
    h('tbody', {}, prediction.targets?.map(target => h(
      'tr',
      {key: target.name},
      h('th', {scope: 'row'}, target.name),
      [
        target.rmse, target.baseline_rmse, ...(hasSeason ? [target.seasonal_rmse] : []),
        target.mae, target.baseline_mae, ...(hasSeason ? [target.seasonal_mae] : []),
      ].map(value => h('td', {class: 'num'}, number(value, 3))))))));
}

/** The errors of each step ahead, next to those of the naive prediction. @param {{steps: import('./types').StepAhead[], naive: string}} props */
function ByStep({steps, naive}) {
  return h('details', {open: steps.length <= MAX_STEPS}, h('summary', {}, 'errors by step ahead, in original units'), h(Scroll, {label: 'Errors by step ahead'}, h(
    'table',
    {},
    h('caption', {class: 'unseen'}, 'Errors by step ahead'),
    h(Head, {columns: [['steps ahead', {class: 'num'}], ['rmse', {class: 'num'}], [naive, {class: 'num'}], ['mae', {class: 'num'}], [naive, {class: 'num'}]]}),
    h('tbody', {}, steps.map((step, i) => h(
      'tr',
      {key: i},
      h('th', {scope: 'row', class: 'num'}, count(i + 1)),
      [step.rmse, step.baseline_rmse, step.mae, step.baseline_mae].map(value => h('td', {class: 'num'}, number(value, 3)))))))));
}

/**
 * The windows with the largest errors, each with a button that shows it in the chart.
 *
 * @param {{prediction: Prediction, residual: (number | null)[], show: (i: number) => void}} props
 */
function WorstWindows({prediction, residual, show}) {
  const worst = residual
    .map((value, i) => ({i, value}))
    .filter(one => typeof one.value === 'number')
    .sort((a, b) => Math.abs(Number(b.value)) - Math.abs(Number(a.value)))
    .slice(0, WORST);
  return worst.length > 1 && h(
    'details',
    {},
    h('summary', {}, `the ${worst.length} worst windows`),
    h(Scroll, {label: 'Worst windows'}, h(
      'table',
      {},
      h('caption', {class: 'unseen'}, 'The windows with the largest errors'),
      h(Head, {columns: [prediction.dates ? 'at' : 'sample', ['truth', {class: 'num'}], ['predicted', {class: 'num'}], ['truth − predicted', {class: 'num'}], [h('span', {class: 'unseen'}, 'show in the chart'), {}]]}),
      h('tbody', {}, worst.map(({i, value}) => h(
        'tr',
        {key: i},
        h('th', {scope: 'row'}, prediction.dates?.[i] ?? i),
        h('td', {class: 'num'}, number(prediction.truth[i], 4)),
        h('td', {class: 'num'}, number(prediction.predicted[i], 4)),
        h('td', {class: 'num'}, number(value, 3)),
        h('td', {}, h('button', {type: 'button', class: 'link', onClick: () => show(i)}, 'Show'))))))));
}

/** Predicted and true values, and the errors. @param {{run: string, found: Evaluation}} props */
function PredictionCard({run, found}) {
  const prediction = /** @type {Prediction} */ (found.prediction);
  const naive = found.baseline?.name ?? 'naive baseline';
  const {truth, predicted, dates} = prediction;
  const x = truth.map((_, i) => i);
  const [hidden, toggle] = useHidden();
  const [zoom, setZoom] = useState(/** @type {[number, number] | null} */ (null));
  const residual = prediction.residuals ?? truth.map((t, i) => (
    t === null || predicted[i] === null ? null : t - /** @type {number} */ (predicted[i])));
  const axes = {xTitle: dates ? 'time' : 'test sample', yTitle: 'original units', category: (/** @type {number} */ i) => dates?.[i] ?? String(i)};
  const lines = [
    {label: 'truth', x, y: truth, color: 6, hidden: hidden.has('truth')},
    {label: 'predicted', x, y: predicted, color: 1, dash: 1, hidden: hidden.has('predicted')},
  ];
  /** @param {string} name @param {number | null | undefined} own @param {number | null | undefined} other @param {number | null | undefined} season */
  const score = (name, own, other, season) => own !== undefined && h(
    'div',
    {},
    h('dt', {}, name),
    h(
      'dd',
      {class: 'large'},
      number(own, 3),
      other !== undefined && h('small', {}, `${number(other, 3)} ${naive}`),
      season !== undefined && h('small', {}, `${number(season, 3)} seasonal naive`)));
  const around = Math.max(12, Math.round(truth.length / 20));
  return h(
    Card,
    {title: 'Prediction against truth', label: 'Prediction', hint: covers(found), tools: h(Exports, {url: address(['runs', run, 'evaluation'])})},
    h('dl', {class: 'numbers'}, score('rmse, in original units', prediction.rmse, prediction.baseline_rmse, prediction.seasonal_rmse), score('mae, in original units', prediction.mae, prediction.baseline_mae, prediction.seasonal_mae)),
    prediction.targets && prediction.targets.length > 1 && h(ByTarget, {prediction, naive}),
    zoom && h('p', {}, h('button', {type: 'button', onClick: () => setZoom(null)}, 'Show all')),
    h(Figure, {
      title: 'truth and prediction', name: `${run}-prediction`, axes: {...axes, label: 'prediction against truth', empty: 'There are no values.'},
      lines, sync: 'prediction', zoom, onZoom: setZoom, onToggle: toggle,
    }),
    h(Figure, {
      title: 'residuals', name: `${run}-residuals`, axes: {...axes, label: 'residuals', yTitle: 'error'},
      lines: [{label: 'truth − predicted', x, y: residual, color: 3}], sync: 'prediction', short: true, zoom, onZoom: setZoom,
    }),
    h(WorstWindows, {prediction, residual, show: i => setZoom([Math.max(0, i - around), Math.min(truth.length - 1, i + around)])}),
    prediction.steps_ahead && h(ByStep, {steps: prediction.steps_ahead, naive}));
}

/**
 * The evaluation on the test part. It is empty until the run is evaluated.
 *
 * @param {{run: string, version: number, hasImages: boolean, loaded: () => void}} props version: a change loads the evaluation again
 */
export function EvaluationCards({run, version, hasImages, loaded}) {
  const [found, setFound] = useState(/** @type {Evaluation | null} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    get(['runs', run, 'evaluation']).then(answer => setFound(/** @type {Evaluation} */ (answer)), e => {
      if (!(e instanceof Refusal) || e.status !== 404) {
        setProblem(problemOf(e));
      }
    }).finally(loaded);
  }, [version]);
  if (!found) {
    return h(Problem, {text: problem});
  }
  if (found.prediction) {
    return h(PredictionCard, {run, found});
  }
  return found.confusion ? h(
    'div',
    {class: 'pair'},
    h(Confusion, {run, found, hasImages}),
    found.per_class && h(Card, {title: 'By class', tools: h(Exports, {url: address(['runs', run, 'evaluation'])})}, h(PerClass, {rows: found.per_class}))) : null;
}
