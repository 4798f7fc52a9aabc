// What a run's augmentation makes of its samples, as the augmentation service draws it.

import {address, ask} from './api.js';
import {dataUrl} from './test-images.js';
import {Card, Problem, h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** Asked for once it comes into view. @param {{run: import('./types').RunView}} props */
export function SamplesCard({run}) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [sheet, setSheet] = useState('');
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState('');
  const draw = async () => {
    try {
      const variants = matchMedia('(max-width: 40rem)').matches ? 4 : 9;
      const response = await ask(address(['runs', run.run, 'samples'], {samples: 3, variants}));
      setSaid(response.headers.get('Preview-Note') ?? '');
      setSheet(await dataUrl(await response.blob()));
    } catch (e) {
      setProblem(`There are no samples: ${problemOf(e)}`);
    }
  };
  useEffect(() => {
    const observer = new IntersectionObserver(entries => {
      if (entries.some(e => e.isIntersecting)) {
        observer.disconnect();
        draw();
      }
    });
    if (place.current) {
      observer.observe(place.current);
    }
    return () => observer.disconnect();
  }, []);
  return h(
    Card,
    {
      title: 'Augmented samples',
      hint: 'the original at the left, then what epochs make of it',
      tools: h('a', {href: address(['ui', 'preview'], {run: run.run})}, 'Try others'),
    },
    h(
      'div',
      {ref: place, class: 'sheet-place'},
      sheet && h('img', {class: 'sheet', src: sheet, alt: 'Samples of the training part, each with its augmented versions in a row'}),
      !sheet && !problem && h('p', {class: 'hint'}, 'Drawing…'),
      said && h('p', {class: 'hint'}, said),
      h(Problem, {text: problem})));
}
