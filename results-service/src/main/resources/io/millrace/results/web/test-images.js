// Images of the test part, in strips that the augmentation service draws.

import {address, fetchOk} from './api.js';
import {Problem, h, problemOf} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** The number of images in a strip. */
export const AT_A_TIME = 24;

/** @param {Blob} blob @returns {Promise<string>} a data: URL, which the content security policy of the pages allows */
export function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * Images of test samples with captions.
 *
 * @param {{run: string, samples: {index: number, text: string}[]}} props run: the run with the data and the split
 */
export function TestImages({run, samples}) {
  const [strip, setStrip] = useState('');
  const [problem, setProblem] = useState('');
  const indices = samples.map(sample => sample.index);
  useEffect(() => {
    let current = true;
    setStrip('');
    setProblem('');
    if (indices.length > 0) {
      fetchOk(address(['runs', run, 'test-images'], {index: indices}))
        .then(response => response.blob())
        .then(dataUrl)
        .then(url => current && setStrip(url), e => current && setProblem(problemOf(e)));
    }
    return () => { current = false; };
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
