// Images of the test part, drawn by the augmentation service, a strip of them at a time.

import {address, ask} from './api.js';
import {Problem, h, problemOf} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** Images of a strip; more are asked for by a button. */
export const AT_A_TIME = 24;

/** @param {Blob} blob @returns {Promise<string>} an address that the policy of the pages allows */
export function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * Test samples, each with a line below it.
 *
 * @param {{run: string, samples: {index: number, text: string}[]}} props run: of the data and the split
 */
export function TestImages({run, samples}) {
  const [strip, setStrip] = useState('');
  const [problem, setProblem] = useState('');
  const indices = samples.map(sample => sample.index);
  useEffect(() => {
    let wanted = true;
    setStrip('');
    setProblem('');
    if (indices.length > 0) {
      ask(address(['runs', run, 'test-images'], {index: indices}))
        .then(response => response.blob())
        .then(dataUrl)
        .then(url => wanted && setStrip(url), e => wanted && setProblem(problemOf(e)));
    }
    return () => { wanted = false; };
  }, [run, indices.join()]);
  const last = Math.max(1, samples.length - 1);
  return h(
    'div',
    {},
    h(Problem, {text: problem && `The images cannot be drawn: ${problem}`}),
    h('ul', {class: 'test-images'}, samples.map((sample, i) => h(
      'li',
      {key: sample.index},
      h('span', {
        role: 'img',
        'aria-label': `Test sample ${sample.index}: ${sample.text}`,
        class: 'test-image',
        style: strip ? {
          backgroundImage: `url("${strip}")`,
          backgroundSize: `${samples.length * 100}% 100%`,
          backgroundPosition: `${samples.length > 1 ? (i / last) * 100 : 0}% 0`,
        } : {},
      }),
      h('span', {}, sample.text),
      h('span', {class: 'soft'}, `#${sample.index}`)))));
}
