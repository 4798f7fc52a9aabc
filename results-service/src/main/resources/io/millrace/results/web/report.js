// The report of an experiment on one page: answer, numbers, curves, and how to reproduce it.

import {address, fetchOk, get} from './api.js';
import {look} from './chart.js';
import {chartSvg} from './chart-file.js';
import {axesOf, parameters, viewOf} from './curves.js';
import {lineOf} from './experiment.js';
import {json, plural, runsInWords, when} from './format.js';
import {Markdown} from './notes.js';
import {Answer, Crumbs, Head, Names, Problem, Scroll, announce, byId, h, problemOf, render, save} from './ui.js';
import {Changes, VariantTable} from './variants.js';
import {useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').ExperimentCurves} ExperimentCurves */
/** @typedef {import('./types').RunView} RunView */
/** @typedef {import('./types').DatasetView} DatasetView */

const POINTS = 300;

/**
 * @typedef {object} Report
 * @property {string} name
 * @property {ExperimentView} found
 * @property {Map<string, {color: number, dash: number}>} looks
 * @property {{title: string, svg: string}[]} charts
 * @property {RunView | null} run a run of the baseline; the changes of the variants are relative to its request
 * @property {DatasetView | null} data
 */

/** @param {string} svg */
function imageOf(svg) {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Saves the report as one HTML file that contains its style and its charts. @param {string} name */
async function saveReport(name) {
  const style = await (await fetchOk('/ui/assets/page.css')).text();
  const body = /** @type {HTMLElement} */ (byId('main').cloneNode(true));
  body.querySelectorAll('.not-saved, .crumbs').forEach(part => part.remove());
  const title = `${name}: report`.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const text = `<!doctype html>\n<html lang="en" data-theme="light">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${title}</title>\n<style>\n${style}\n</style>\n</head>\n<body>\n<main>${body.innerHTML}</main>\n</body>\n</html>\n`;
  save(`${name}-report.html`, new Blob([text], {type: 'text/html'}));
}

/** @param {Report} props */
function ReportPage({name, found, looks, charts, run, data}) {
  const [problem, setProblem] = useState('');
  const runs = found.variants.flatMap(variant => variant.runs.map(one => ({variant: variant.variant, ...one})));
  /** @type {Record<string, number>} */
  const states = {};
  runs.forEach(one => { states[one.state] = (states[one.state] ?? 0) + 1; });
  const metric = (found.metric ?? 'test_loss').replace(/^test_/, '');
  return h(
    'article',
    {class: 'report'},
    h(
      'div',
      {class: 'run-head'},
      h('div', {class: 'head'}, h(Crumbs, {trail: [['/ui/', 'Experiments'], [address(['ui', 'experiments', name]), name], ['', 'Report']]}), h('h1', {}, h(Names, {text: name}))),
      h(
        'div',
        {class: 'buttons not-saved'},
        h('button', {type: 'button', onClick: () => print()}, 'Print'),
        h('button', {
          type: 'button',
          class: 'main',
          onClick: () => saveReport(name).then(() => announce('Saved'), e => setProblem(problemOf(e))),
        }, 'Save as one HTML file'))),
    h(Problem, {text: problem}),
    h('p', {class: 'answer'}, h(Answer, {text: found.answer})),
    h('p', {class: 'facts'}, h('span', {}, `${plural(found.variants.length, 'variant')}, ${plural(runs.length, 'run')}: ${runsInWords(states)}`), h('span', {}, `as of ${when(new Date().toISOString())}`)),
    found.note && h('section', {class: 'card', 'aria-label': 'Note'}, h(Markdown, {text: found.note})),
    h(
      'section',
      {class: 'card', 'aria-label': 'Comparison'},
      h('h2', {}, 'Variants'),
      h(VariantTable, {found, looks}),
      h('ul', {class: 'sentences'}, found.variants.filter(v => v.comparison?.sentence).map(v => h('li', {key: v.variant}, h(Answer, {text: v.comparison?.sentence}))))),
    h(
      'section',
      {class: 'card', 'aria-label': 'Curves'},
      h('h2', {}, 'Curves'),
      h('p', {class: 'hint'}, 'Mean of the runs of each variant. The bands show one standard deviation.'),
      h('div', {class: 'pair'}, charts.map(chart => h('img', {key: chart.title, class: 'report-chart', src: imageOf(chart.svg), alt: `Chart: ${chart.title}`})))),
    h(
      'section',
      {class: 'card', 'aria-label': 'How to reproduce it'},
      h('h2', {}, 'How to reproduce it'),
      data && h('p', {}, `Data: ${data.dataset}`, data.samples !== undefined && `, ${plural(data.samples, data.kind === 'series' ? 'row' : 'sample')}`, '.'),
      run?.dataset_fingerprint && h('p', {}, 'Fingerprint of the data (SHA-256): ', h('code', {}, run.dataset_fingerprint)),
      run?.trainer && h('p', {}, `Trained by ${run.trainer} on ${run.device}.`),
      run && h('p', {}, `The request of ${run.run}, with all defaults:`),
      run && h('pre', {tabindex: 0, 'aria-label': 'Request as JSON'}, json(run.request)),
      found.variants.filter(v => v.changes?.length).map(v => h('div', {key: v.variant}, h('h3', {}, `Changes in ${v.variant}`), h(Changes, {changes: v.changes, truncated: v.changes_truncated})))),
    h(
      'section',
      {class: 'card', 'aria-label': 'Runs'},
      h('h2', {}, 'Runs'),
      h(Scroll, {label: 'Runs'}, h('table', {}, h('caption', {class: 'unseen'}, 'The runs'), h(Head, {columns: ['run', 'variant', ['seed', {class: 'num'}], 'state', [`test ${metric}`, {class: 'num'}]]}), h('tbody', {}, runs.map(one => h(
        'tr',
        {key: one.run},
        h('td', {class: 'id'}, one.run),
        h('td', {}, one.variant),
        h('td', {class: 'num'}, one.seed),
        h('td', {}, one.state.toLowerCase()),
        h('td', {class: 'num'}, String(one.test?.[metric] ?? '')))))))));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '/ui/',
  async show(main, name) {
    document.title = `${name}: report · Millrace`;
    const query = parameters();
    const archived = query.get('archived');
    const path = ['experiments', name];
    const found = /** @type {ExperimentView} */ (await get(path, {baseline: query.get('baseline'), metric: query.get('metric'), archived}));
    const looks = new Map(found.variants.map((variant, i) => [variant.variant, look(i)]));
    const base = found.variants.find(v => v.variant === found.baseline) ?? found.variants[0];
    const run = base?.runs[0] ? /** @type {RunView} */ (await get(['runs', base.runs[0].run])) : null;
    const dataset = /** @type {any} */ (run?.request?.dataset)?.name;
    const data = dataset ? /** @type {DatasetView | null} */ (await get(['datasets', dataset]).catch(() => null)) : null;
    const known = Object.keys(base?.last_epoch ?? {}).filter(metric => metric !== 'learning_rate');
    const view = viewOf('epoch');
    const charts = await Promise.all(known.map(async metric => {
      const answer = /** @type {ExperimentCurves} */ (await get([...path, 'curves'], {metric, x: view.x, points: POINTS, archived}));
      const title = metric.startsWith('val_') ? `validation ${metric.slice(4)}` : `training ${metric}`;
      const lines = answer.variants.map(one => ({...lineOf(one, view.x, 'std'), ...looks.get(one.variant)}));
      return {title, svg: chartSvg({title, axes: axesOf(view, title, metric, ''), lines, zoom: null, name: ''})};
    }));
    render(h(ReportPage, {name, found, looks, charts, run, data}), main);
  },
};
