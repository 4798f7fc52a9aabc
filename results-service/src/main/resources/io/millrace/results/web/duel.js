// Compares two variants on each test sample: which of A's errors B fixes, and which errors B adds.

import {Refusal, address, get} from './api.js';
import {number, plural} from './format.js';
import {AT_A_TIME, TestImages} from './test-images.js';
import {Exports, Head, Problem, Scroll, Select, h, problemOf} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').ExperimentView} ExperimentView */
/** @typedef {import('./types').Duel} Duel */
/** @typedef {import('./types').DuelSample} DuelSample */

/** @param {{title: string, run: string, samples: DuelSample[], total: number}} props */
function Changed({title, run, samples, total}) {
  const [many, setMany] = useState(AT_A_TIME);
  return h(
    'div',
    {},
    h('h3', {}, `${title}: ${plural(total, 'sample')}`),
    samples.length > 0 && h(TestImages, {
      run,
      samples: samples.slice(0, many).slice(-AT_A_TIME).map(one => ({
        index: one.index,
        text: `${one.class}: ${one.a_answer === one.b_answer ? one.a_answer : `${one.a_answer} → ${one.b_answer}`}`,
      })),
    }),
    samples.length > many && h('button', {type: 'button', onClick: () => setMany(many + AT_A_TIME)}, 'Next samples'));
}

/** Empty unless the experiment has two or more variants of a classification. @param {{path: string[], found: ExperimentView, archived: string | null}} props */
export function DuelCard({path, found, archived}) {
  const names = found.variants.filter(v => v.completed > 0 && v.test && 'acc' in v.test).map(v => v.variant);
  const [isOpen, setOpen] = useState(false);
  const [sides, setSides] = useState(/** @type {{a?: string, b?: string}} */ ({}));
  const [duel, setDuel] = useState(/** @type {Duel | null} */ (null));
  const [problem, setProblem] = useState('');
  const a = sides.a ?? found.baseline ?? names[0];
  const b = sides.b ?? names.find(name => name !== a);
  useEffect(() => {
    if (isOpen && a && b && a !== b) {
      get([...path, 'answers'], {a, b, archived}).then(answer => {
        setDuel(/** @type {Duel} */ (answer));
        setProblem('');
      }, e => {
        setDuel(null);
        setProblem(e instanceof Refusal ? e.message : problemOf(e));
      });
    }
  }, [isOpen, a, b, archived]);
  if (names.length < 2) {
    return null;
  }
  const gained = duel?.classes.reduce((n, one) => n + one.gained, 0) ?? 0;
  const lost = duel?.classes.reduce((n, one) => n + one.lost, 0) ?? 0;
  return h(
    'details',
    {class: 'card', onToggle: (/** @type {any} */ e) => setOpen(e.currentTarget.open)},
    h('summary', {}, h('h2', {}, 'Samples that a variant fixes or breaks'), ' ', h('span', {class: 'hint'}, 'compared on each test sample')),
    h(
      'div',
      {class: 'tools'},
      h(Select, {label: 'from', values: names, chosen: a, onChoice: value => setSides({...sides, a: value})}),
      h(Select, {label: 'to', values: names, chosen: b, onChoice: value => setSides({...sides, b: value})}),
      a && b && h(Exports, {url: address([...path, 'answers'], {a, b, archived})})),
    a === b && h('p', {class: 'hint'}, 'Choose two different variants.'),
    h(Problem, {text: problem}),
    duel && a !== b && [
      h('p', {key: 'sum'}, `Of ${plural(duel.samples, 'test sample')}, ${b} fixes ${gained} that ${a} gets wrong, and breaks ${lost} that ${a} gets right. A variant gets a sample right if more than half of its runs do.`),
      h(Changed, {key: 'fixed', title: `Fixed by ${b}`, run: duel.b.runs[0], samples: duel.gained, total: gained}),
      h(Changed, {key: 'broken', title: `Broken by ${b}`, run: duel.b.runs[0], samples: duel.lost, total: lost}),
      h(Scroll, {key: 'classes', label: 'By class'}, h(
        'table',
        {},
        h('caption', {class: 'unseen'}, 'Changes by class'),
        h(Head, {columns: [['class', {class: 'first'}], ['samples', {class: 'num'}], [`right by ${a}`, {class: 'num'}], [`right by ${b}`, {class: 'num'}], ['fixed', {class: 'num'}], ['broken', {class: 'num'}]]}),
        h('tbody', {}, duel.classes.map(one => h(
          'tr',
          {key: one.class},
          h('th', {scope: 'row', class: 'first'}, one.class),
          [one.samples, number(one.a_right, 3), number(one.b_right, 3), one.gained, one.lost].map(cell => h('td', {class: 'num'}, cell))))))),
      duel.left_out && h('p', {key: 'left-out', class: 'hint'}, `Left out: ${duel.left_out.map(one => `${one.run}, ${one.reason}`).join('; ')}.`),
    ]);
}
