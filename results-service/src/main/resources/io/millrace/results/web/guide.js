// The guide to a new experiment: data, tricks, network, seeds. It reads and writes the JSON of the request.

import {get} from './api.js';
import {Augmentation} from './augmentation.js';
import {count, duration, plural} from './format.js';
import {pathText} from './json-text.js';
import {PreviewSheet} from './preview-sheet.js';
import {kindOf} from './reading.js';
import {isObject} from './request-schema.js';
import {NETWORKS, networkOf, outputsOf, startOf, withDropout} from './starts.js';
import {Card, Problem, Segments, Select, h} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {import('./types').RunPage} RunPage */
/** @typedef {import('./types').RunSummary} RunSummary */
/** @typedef {{[name: string]: any}} Request */
/** @typedef {(change: (request: Request) => Request) => void} Change */
/** @typedef {{path: (string | number)[], message: string}} Fault */

const OPTIMIZERS = ['SGD', 'RMSprop', 'Adam', 'AdamW', 'Nadam', 'Adagrad', 'Adadelta', 'Adamax', 'Ftrl', 'Lion'];
/** Number of past runs in the time estimate. */
const SEEN = 20;
/** Number of samples in the preview, and of augmented versions of each. */
const SHOWN = {samples: 3, variants: 5};

/** @type {Record<string, string>} the tricks by the field that they change */
const TRICKS = {augmentation: 'Augment the data', model: 'Add dropout', optimizer: 'Change the optimizer or its learning rate'};

/** @param {Request} request @returns {Request[]} */
function variantsOf(request) {
  return Array.isArray(request.variants) ? request.variants.filter(isObject) : [];
}

/** The trick of a variant, or an empty string if it changes no field or several. @param {Request} variant */
function trickOf(variant) {
  const fields = Object.keys(variant).filter(name => name !== 'variant');
  return fields.length === 1 ? fields[0] : '';
}

/** @param {Request[]} variants @param {string} name @returns {string} a name that no variant has */
function freeName(variants, name) {
  const taken = variants.map(one => one.variant);
  let free = name;
  for (let i = 2; taken.includes(free); i++) {
    free = `${name}-${i}`;
  }
  return free;
}

/** @param {Request} request @param {Request} variant @returns {Request} */
function withVariant(request, variant) {
  const before = variantsOf(request);
  const all = before.length > 0 ? before : [{variant: 'plain'}];
  return seeded({...request, variants: [...all, {...variant, variant: freeName(all, variant.variant)}]});
}

/** Adds seeds, because a comparison needs several runs of each variant. @param {Request} request @returns {Request} */
function seeded(request) {
  const {seed: _, ...rest} = request;
  return request.seeds === undefined ? {...rest, seeds: {from: 3, to: 8, until: 'decided'}} : rest;
}

/** @param {Request} request @param {(variant: Request) => Request | null} change null removes the variant @returns {Request} */
function changeVariants(request, change) {
  const variants = variantsOf(request).map(change).filter(one => one !== null);
  const {variants: _, ...rest} = request;
  return variants.length > 1 ? {...rest, variants} : rest;
}

/** @param {{known: DatasetView[], request: Request, change: Change}} props */
function Data({known, request, change}) {
  const name = request.dataset?.name;
  const usable = known.filter(one => one.usable);
  const chosen = usable.find(one => one.dataset === name);
  const columns = chosen?.columns ?? [];
  return h(
    Card,
    {title: '1. Data'},
    usable.length === 0
      ? h('p', {class: 'hint'}, 'No data sets are announced. Is an augmentation service running?')
      : h(
        'div',
        {class: 'tools'},
        h(Select, {label: 'data set', values: usable.map(one => one.dataset), chosen: name, onChoice: value => {
          const data = usable.find(one => one.dataset === value);
          if (data) {
            change(before => startOf(data, before));
          }
        }}),
        chosen?.kind === 'series' && kindOf(request.dataset) === 'series' && columns.length > 1 && h(Select, {
          label: 'column', values: columns, chosen: request.dataset.column,
          onChoice: column => change(before => ({...before, dataset: {...before.dataset, column}})),
        }),
        chosen && h('span', {class: 'hint'}, chosen.kind === 'series'
          ? `${plural(chosen.samples ?? 0, 'row')}${chosen.from ? `, ${chosen.from} to ${chosen.to}` : ''}`
          : `${plural(chosen.samples ?? 0, 'image')}${chosen.classes ? ` in ${plural(chosen.classes.length, 'class', 'classes')}` : ''}, ${(chosen.sample_shape ?? []).join(' × ')}`)),
    chosen && h('div', {class: 'data-sheet'}, h(PreviewSheet, {
      request: {dataset: pictured(request.dataset), augmentation: {}, seed: 0, samples: 3, variants: 1}, onFault: () => {},
    })));
}

/** The data set of a preview request. @param {any} dataset */
function pictured(dataset) {
  return isObject(dataset) ? dataset : {};
}

/**
 * A slider for a number.
 *
 * @param {{id: string, label: string, value: number, min: number, max: number, step: number, onInput: (value: number) => void}} props
 */
function Slider({id, label, value, min, max, step, onInput}) {
  return h(
    'div',
    {class: 'field'},
    h('label', {for: id}, label, ' ', h('output', {}, value)),
    h('input', {id, type: 'range', min, max, step, value, onInput: (/** @type {any} */ e) => onInput(Number(e.target.value))}));
}

/** @param {{request: Request, change: Change, faults: Fault[]}} props */
function AugmentationTrick({request, change, faults}) {
  const [refused, setRefused] = useState(/** @type {{field: string, message: string} | null} */ (null));
  const variants = variantsOf(request);
  const at = variants.findIndex(one => trickOf(one) === 'augmentation');
  const augmentation = variants[at]?.augmentation ?? {};
  const isSeries = kindOf(request.dataset ?? {}) === 'series';
  const own = faults.find(fault => fault.path[0] === 'variants' && fault.path[1] === at && fault.path[2] === 'augmentation');
  const fault = own ? {field: pathText(own.path.slice(2)), message: own.message} : refused;
  return h(
    'div',
    {class: 'trick'},
    h(PreviewSheet, {
      request: {dataset: pictured(request.dataset), augmentation, seed: 0, ...SHOWN}, onFault: setRefused,
    }),
    h(
      'p',
      {class: 'hint'},
      'The original is on the left. The other columns show what training sees in successive epochs. ',
      h('a', {href: `/ui/preview#${encodeURIComponent(JSON.stringify({dataset: pictured(request.dataset), augmentation}))}`}, 'Open the preview page')),
    h(Augmentation, {
      value: augmentation,
      kind: isSeries ? 'series' : 'images',
      fault,
      onChange: value => change(before => changeVariants(before, one => (trickOf(one) === 'augmentation' ? {...one, augmentation: value} : one))),
    }));
}

/** @param {{request: Request, change: Change}} props */
function DropoutTrick({request, change}) {
  const variant = variantsOf(request).find(one => trickOf(one) === 'model');
  const layers = variant?.model?.layers;
  const rate = Array.isArray(layers) ? layers.find(layer => layer.type === 'Dropout')?.rate : undefined;
  return typeof rate === 'number'
    ? h(Slider, {
      id: 'dropout-rate', label: 'rate', value: rate, min: 0.05, max: 0.9, step: 0.05,
      onInput: value => change(before => changeVariants(before, one => (trickOf(one) === 'model' ? {...one, model: withDropout(before.model, value)} : one))),
    })
    : h('p', {class: 'hint'}, 'This variant changes the network in another way. Edit it in the JSON.');
}

/** @param {{request: Request, change: Change}} props */
function OptimizerTrick({request, change}) {
  return [
    variantsOf(request).map((variant, i) => trickOf(variant) === 'optimizer' && h(
      'div',
      {key: i, class: 'tools'},
      h(Select, {
        label: 'optimizer', values: OPTIMIZERS, chosen: typeof variant.optimizer === 'string' ? variant.optimizer : variant.optimizer?.type,
        onChoice: type => change(before => changeVariants(before, one => (one.variant === variant.variant
          ? {variant: freeName(variantsOf(before).filter(other => other !== one), type.toLowerCase()), optimizer: {type, ...(variant.optimizer?.learning_rate !== undefined && {learning_rate: variant.optimizer.learning_rate})}}
          : one))),
      }),
      h('label', {}, 'learning rate', h('input', {
        type: 'number', min: 0, step: 'any', class: 'short', placeholder: 'default', value: typeof variant.optimizer?.learning_rate === 'number' ? variant.optimizer.learning_rate : '',
        onInput: (/** @type {any} */ e) => change(before => changeVariants(before, one => {
          if (one.variant !== variant.variant) {
            return one;
          }
          const {learning_rate: _, ...rest} = isObject(one.optimizer) ? one.optimizer : {type: one.optimizer};
          return {...one, optimizer: e.target.value === '' ? rest : {...rest, learning_rate: Number(e.target.value)}};
        })),
      })),
      h('button', {type: 'button', class: 'link', onClick: () => change(before => changeVariants(before, one => (one.variant === variant.variant ? null : one)))}, 'Remove'))),
    h('button', {
      type: 'button',
      onClick: () => change(before => withVariant(before, {variant: 'sgd', optimizer: {type: 'SGD', learning_rate: 0.01}})),
    }, 'Add another optimizer'),
  ];
}

/** @param {{request: Request, change: Change, faults: Fault[]}} props */
function Tricks({request, change, faults}) {
  const isSeries = kindOf(request.dataset ?? {}) === 'series';
  /** @type {Record<string, () => Request>} the variant that each checkbox adds */
  const begun = {
    augmentation: () => ({variant: 'augmentation', augmentation: isSeries
      ? {transforms: [{type: 'jitter', sigma: 0.03}, {type: 'scaling', sigma: 0.1}]}
      : {rotation_range: 10, width_shift_range: 0.1, height_shift_range: 0.1, horizontal_flip: true}}),
    model: () => ({variant: 'dropout', model: withDropout(request.model, 0.5)}),
    optimizer: () => ({variant: 'adam-0.01', optimizer: {type: 'Adam', learning_rate: 0.01}}),
  };
  const isKeras = !Array.isArray(request.model?.layers);
  const others = variantsOf(request).filter(one => trickOf(one) === '' || !(trickOf(one) in TRICKS)).slice(1);
  return h(
    Card,
    {title: '2. What to try', hint: 'each is compared with the plain variant'},
    Object.entries(TRICKS).map(([trick, text]) => {
      const isOn = variantsOf(request).some(one => trickOf(one) === trick);
      return h(
        'fieldset',
        {key: trick},
        h('legend', {}, h('label', {class: 'check'}, h('input', {
          type: 'checkbox',
          checked: isOn,
          disabled: trick === 'model' && isKeras && !isOn,
          onChange: (/** @type {any} */ e) => change(before => (e.target.checked
            ? withVariant(before, begun[trick]())
            : changeVariants(before, one => (trickOf(one) === trick ? null : one)))),
        }), text)),
        isOn && trick === 'augmentation' && h(AugmentationTrick, {request, change, faults}),
        isOn && trick === 'model' && h(DropoutTrick, {request, change}),
        isOn && trick === 'optimizer' && h(OptimizerTrick, {request, change}));
    }),
    others.length > 0 && h('p', {class: 'hint'}, `Other variants in the JSON: ${others.map(one => one.variant).join(', ')}.`));
}

/** @param {{known: DatasetView[], request: Request, change: Change}} props */
function Network({known, request, change}) {
  const kind = kindOf(request.dataset ?? {});
  const [pasting, setPasting] = useState(false);
  const [problem, setProblem] = useState('');
  const data = known.find(one => one.dataset === request.dataset?.name);
  const outputs = outputsOf(data, request);
  const offered = NETWORKS.filter(one => one.kind === kind);
  const chosen = networkOf(request, outputs);
  /** @param {any} model */
  const take = model => change(before => changeVariants(
    {...before, model},
    one => (trickOf(one) !== 'model' ? one : Array.isArray(model.layers) ? {...one, model: withDropout(model, rateOf(one) ?? 0.5)} : null)));
  /** @param {string} text */
  const paste = text => {
    try {
      const parsed = JSON.parse(text);
      setProblem('');
      take(isObject(parsed) && Array.isArray(parsed.layers) && !parsed.class_name ? parsed : {keras: parsed});
    } catch (e) {
      setProblem(text.trim() === '' ? '' : `The text is not valid JSON: ${e instanceof Error ? e.message : e}`);
    }
  };
  return h(
    Card,
    {title: '3. Network'},
    h(Segments, {
      label: 'network',
      choices: [...offered.map(one => /** @type {[string, string]} */ ([one.name, one.name])), ['paste', 'Keras JSON'], ...(chosen || pasting ? [] : [/** @type {[string, string]} */ (['own', 'as in the JSON'])])],
      chosen: pasting ? 'paste' : chosen ?? 'own',
      onChoice: name => {
        setPasting(name === 'paste');
        const network = offered.find(one => one.name === name);
        if (network) {
          take(network.model(outputs));
        }
      },
    }),
    !pasting && h('p', {class: 'hint'}, offered.find(one => one.name === chosen)?.about ?? 'This network is defined in the JSON.'),
    pasting && h('textarea', {
      rows: 8, spellcheck: 'false', class: 'note-text', 'aria-label': 'Keras JSON', placeholder: 'the output of model.to_json()',
      onInput: (/** @type {any} */ e) => paste(e.target.value),
    }),
    h(Problem, {text: problem}));
}

/** @param {Request} variant @returns {number | undefined} */
function rateOf(variant) {
  const layers = variant.model?.layers;
  return Array.isArray(layers) ? layers.find(layer => layer.type === 'Dropout')?.rate : undefined;
}

/** @param {{request: Request, change: Change}} props */
function Seeds({request, change}) {
  const {seeds} = request;
  const until = isObject(seeds);
  const many = until ? seeds.to : Array.isArray(seeds) ? seeds.length : seeds ?? 1;
  return h(
    Card,
    {title: '4. Seeds', hint: 'runs of each variant that differ only in their random numbers'},
    h(
      'div',
      {class: 'tools'},
      h(Segments, {label: 'seeds', choices: [['until', 'until decided'], ['fixed', 'a fixed number']], chosen: until ? 'until' : 'fixed', onChoice: value => change(before => {
        const {seed: _, ...rest} = before;
        return {...rest, seeds: value === 'until' ? {from: 3, to: Math.max(4, Number(many)), until: 'decided'} : Math.max(1, Number(many))};
      })}),
      h('label', {}, until ? 'at most' : 'seeds', h('input', {
        type: 'number', class: 'short', min: until ? 4 : 1, max: 100, value: many,
        onInput: (/** @type {any} */ e) => e.target.value !== '' && change(before => ({...before, seeds: until ? {...before.seeds, to: Number(e.target.value)} : Number(e.target.value)})),
      }))));
}

/** The smallest and the largest number of runs that a request can start. @param {Request} request @param {number} runs at first @returns {[number, number]} */
function runsOf(request, runs) {
  const {seeds} = request;
  return isObject(seeds) && seeds.from > 0 ? [runs, Math.round((runs / seeds.from) * seeds.to)] : [runs, runs];
}

/**
 * The runs that the request starts, and an estimate of their time.
 *
 * @param {{request: Request, runs: number | null, isRefused: boolean, start: import('./ui.js').Child}} props runs: the number at first, as the service counts it; null until it has answered
 */
function WhatWillRun({request, runs, isRefused, start}) {
  const [seen, setSeen] = useState(/** @type {RunSummary[]} */ ([]));
  const name = request.dataset?.name;
  useEffect(() => {
    if (typeof name === 'string' && name !== '') {
      get(['runs'], {where: `dataset.name=${name}`, state: 'COMPLETED', limit: SEEN})
        .then(answer => setSeen(/** @type {RunPage} */ (answer).runs), () => setSeen([]));
    }
  }, [name]);
  if (runs === null) {
    return h(Card, {title: 'What will run'}, h('p', {class: 'hint'}, isRefused ? 'Correct the request first. The errors are listed below the JSON.' : 'Checking the request…'));
  }
  const perEpoch = seen
    .filter(run => run.seconds !== undefined && run.epochs_done > 0)
    .map(run => Number(run.seconds) / run.epochs_done)
    .sort((a, b) => a - b);
  const epochs = typeof request.epochs === 'number' ? request.epochs : 1;
  const [fewest, most] = runsOf(request, runs);
  const middle = perEpoch[Math.floor(perEpoch.length / 2)];
  const variants = variantsOf(request);
  return h(
    Card,
    {title: 'What will run'},
    h('ul', {class: 'plain'}, (variants.length > 0 ? variants : [{variant: request.variant ?? 'default'}]).map(one => h(
      'li', {key: one.variant}, h('b', {}, one.variant), ' ', h('span', {class: 'hint'}, TRICKS[trickOf(one)]?.toLowerCase() ?? '')))),
    h('p', {}, request.search
      ? `${plural(runs, 'trial')} at first.`
      : fewest === most ? `${plural(most, 'run')}, ${plural(epochs, 'epoch')} each.` : `${count(fewest)} to ${plural(most, 'run')}, ${plural(epochs, 'epoch')} each.`),
    h('p', {class: 'hint'}, middle === undefined
      ? 'No time estimate: no run on this data set has completed yet.'
      : `About ${duration(fewest * epochs * middle)}${most > fewest ? ` to ${duration(most * epochs * middle)}` : ''} with one trainer: the last ${plural(perEpoch.length, 'run')} on this data set took ${duration(middle)} per epoch. Another network may take longer.`),
    start);
}

/**
 * @param {{
 *   known: DatasetView[],
 *   request: any,
 *   change: Change,
 *   faults: Fault[],
 *   runs: number | null,
 *   start: import('./ui.js').Child,
 * }} props start: the start button
 */
export function Guide({known, request, change, faults, runs, start}) {
  if (!isObject(request)) {
    return h('p', {class: 'card hint'}, 'The request is not a JSON object. Correct the JSON.');
  }
  return h(
    'div',
    {class: 'guide'},
    h(Data, {known, request, change}),
    h(Tricks, {request, change, faults}),
    h(Network, {known, request, change}),
    h(Seeds, {request, change}),
    h(WhatWillRun, {request, runs, isRefused: faults.length > 0, start}));
}
