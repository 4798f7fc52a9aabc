// Initial requests, one for each kind of data, and a few suitable networks.

import {kindOf} from './reading.js';
import {isObject} from './request-schema.js';

/** @typedef {import('./types').DatasetView} DatasetView */
/** @typedef {{[name: string]: any}} Request */
/** @typedef {{name: string, kind: 'images' | 'series' | 'rows', about: string, model: (outputs: number) => {layers: {[name: string]: any}[]}}} NetworkStart */

/** Larger images get the image_size SIZE at first, so that an experiment takes minutes. */
const LARGEST = 96;
const SIZE = [64, 64];

/** @param {number} outputs */
function classes(outputs) {
  return {type: 'Dense', units: outputs, activation: 'softmax'};
}

/** @type {NetworkStart[]} */
export const NETWORKS = [
  {
    name: 'small CNN',
    kind: 'images',
    about: 'Two convolutions with pooling, then a dense layer: quick, and good for a first comparison.',
    model: outputs => ({layers: [
      {type: 'Conv2D', filters: 16, kernel_size: 3, activation: 'relu'},
      {type: 'MaxPooling2D', pool_size: 2},
      {type: 'Conv2D', filters: 32, kernel_size: 3, activation: 'relu'},
      {type: 'MaxPooling2D', pool_size: 2},
      {type: 'Flatten'},
      {type: 'Dense', units: 64, activation: 'relu'},
      classes(outputs),
    ]}),
  },
  {
    name: 'CNN with batch normalization',
    kind: 'images',
    about: 'Batch normalization after each convolution: learns in fewer epochs, but each epoch takes longer.',
    model: outputs => ({layers: [
      {type: 'Conv2D', filters: 16, kernel_size: 3, use_bias: false},
      {type: 'BatchNormalization'},
      {type: 'Activation', activation: 'relu'},
      {type: 'MaxPooling2D', pool_size: 2},
      {type: 'Conv2D', filters: 32, kernel_size: 3, use_bias: false},
      {type: 'BatchNormalization'},
      {type: 'Activation', activation: 'relu'},
      {type: 'GlobalAveragePooling2D'},
      classes(outputs),
    ]}),
  },
  {
    name: 'dense layers',
    kind: 'images',
    about: 'No convolutions: shows what a network achieves without them.',
    model: outputs => ({layers: [{type: 'Flatten'}, {type: 'Dense', units: 128, activation: 'relu'}, classes(outputs)]}),
  },
  {
    name: 'LSTM',
    kind: 'series',
    about: 'One recurrent layer: the usual start for a series.',
    model: outputs => ({layers: [{type: 'LSTM', units: 32}, {type: 'Dense', units: outputs}]}),
  },
  {
    name: 'GRU',
    kind: 'series',
    about: 'Like an LSTM, with fewer weights.',
    model: outputs => ({layers: [{type: 'GRU', units: 32}, {type: 'Dense', units: outputs}]}),
  },
  {
    name: '1-D CNN',
    kind: 'series',
    about: 'Convolutions over time: quick, and often just as good on short windows.',
    model: outputs => ({layers: [
      {type: 'Conv1D', filters: 32, kernel_size: 3, activation: 'relu'},
      {type: 'GlobalAveragePooling1D'},
      {type: 'Dense', units: outputs},
    ]}),
  },
];

/** The number of outputs that a network needs. @param {DatasetView | undefined} data @param {Request} request @returns {number} */
export function outputsOf(data, request) {
  const {dataset} = request;
  if (kindOf(dataset ?? {}) === 'images') {
    return (Array.isArray(dataset?.classes) ? dataset.classes.length : data?.classes?.length) ?? 10;
  }
  const targets = Array.isArray(dataset?.target) ? dataset.target.length : 1;
  return targets * (typeof dataset?.horizon === 'number' ? dataset.horizon : 1);
}

/** The name of the request's network, or undefined if it is not one of NETWORKS. @param {Request} request @param {number} outputs */
export function networkOf(request, outputs) {
  const model = JSON.stringify(request.model);
  return NETWORKS.find(one => JSON.stringify(one.model(outputs)) === model)?.name;
}

/** A network with dropout before its last layer. @param {any} model @param {number} rate */
export function withDropout(model, rate) {
  const layers = (Array.isArray(model?.layers) ? model.layers : []).filter((/** @type {any} */ layer) => layer?.type !== 'Dropout');
  return {...model, layers: [...layers.slice(0, -1), {type: 'Dropout', rate}, ...layers.slice(-1)]};
}

/**
 * A request that asks whether augmentation and dropout help a small network on a data set.
 *
 * @param {DatasetView} data
 * @param {Request} [before] a request whose names and numbers are kept if they fit
 * @returns {Request}
 */
export function startOf(data, before = {}) {
  const isSeries = data.kind === 'series';
  const kind = isSeries ? 'series' : 'images';
  const [rows = 0, columns = 0] = data.sample_shape ?? [];
  /** @type {Request} */
  const dataset = isSeries
    ? {name: data.dataset, column: data.columns?.[0] ?? '', window: 24, validation_fraction: 0.1}
    : {name: data.dataset, ...(Math.max(rows, columns) > LARGEST && {image_size: SIZE}), validation_fraction: 0.1};
  const request = {dataset};
  const model = NETWORKS.find(one => one.kind === kind)?.model(outputsOf(data, request));
  const sameKind = isObject(before.dataset) && kindOf(before.dataset) === kind;
  const augmentation = isSeries
    ? {transforms: [{type: 'jitter', sigma: 0.03}, {type: 'scaling', sigma: 0.1}]}
    : {rotation_range: 10, width_shift_range: 0.1, height_shift_range: 0.1, horizontal_flip: true};
  return {
    experiment: sameKind && before.experiment ? before.experiment : `${data.dataset}-tricks`,
    dataset,
    model,
    loss: isSeries ? 'mse' : 'categorical_crossentropy',
    optimizer: {type: 'Adam'},
    metrics: [isSeries ? 'mae' : 'acc'],
    epochs: before.epochs ?? 10,
    batch_size: before.batch_size ?? 32,
    seeds: before.seeds ?? {from: 3, to: 8, until: 'decided'},
    variants: [{variant: 'plain'}, {variant: 'augmentation', augmentation}, {variant: 'dropout', model: withDropout(model, 0.5)}],
  };
}
