// A run's network, layer by layer.

import {count, plural} from './format.js';
import {Head, Scroll, h} from './ui.js';

/** @typedef {import('./types').RunView} RunView */

/** @param {{run: RunView}} props */
export function NetworkCard({run}) {
  const layers = run.layers ?? [];
  if (layers.length === 0) {
    return null;
  }
  const branches = layers.some(layer => layer.inputs);
  const frozen = layers.reduce((sum, layer) => sum + (layer.non_trainable_parameters ?? 0), 0);
  /** @param {number} i */
  const inputsOf = i => layers[i].inputs?.join(', ') ?? layers[i - 1]?.name ?? 'input';
  /** @param {string} what @param {number} n */
  const total = (what, n) => h('tr', {}, h('th', {scope: 'row', colspan: 3}, what), h('td', {class: 'num'}, count(n)), branches && h('td'));
  return h(
    'details',
    {class: 'card', open: true},
    h('summary', {}, h('h2', {}, 'Network'), ' ', h('span', {class: 'hint'}, `${plural(layers.length, 'layer')}, ${plural(run.parameters ?? 0, 'parameter')}`)),
    (run.data_notes?.model ?? []).map(line => h('p', {class: 'hint'}, line)),
    h(Scroll, {label: 'Network'}, h(
      'table',
      {},
      h('caption', {class: 'unseen'}, 'The network from input to output'),
      h(Head, {columns: [['layer', {class: 'first'}], 'type', 'output', ['parameters', {class: 'num'}], branches && 'inputs']}),
      h('tbody', {}, layers.map((layer, i) => h(
        'tr',
        {key: layer.name},
        h('th', {scope: 'row', class: 'id first'}, layer.name),
        h('td', {}, layer.type),
        h('td', {class: 'shape'}, layer.output_shape.map(n => n ?? '?').join(' × ')),
        h('td', {class: 'num'}, count(layer.parameters + (layer.non_trainable_parameters ?? 0))),
        branches && h('td', {class: 'id'}, inputsOf(i))))),
      h('tfoot', {}, total('trainable', run.parameters ?? 0), frozen > 0 && total('non-trainable', frozen)))));
}
