// Samples of a run with its augmentation, drawn by the augmentation service.

import {address, fetchOk} from './api.js';
import {dataUrl} from './test-images.js';
import {Card, Problem, h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** Loads the sheet once it scrolls into view. @param {{run: import('./types').RunView}} props */
export function SamplesCard({run}) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [sheet, setSheet] = useState('');
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState('');
  const draw = async () => {
    try {
      const variants = matchMedia('(max-width: 40rem)').matches ? 4 : 9;
      const response = await fetchOk(address(['runs', run.run, 'samples'], {samples: 3, variants}));
      setNote(response.headers.get('Preview-Note') ?? '');
      setSheet(await dataUrl(await response.blob()));
    } catch (e) {
      setProblem(`The samples cannot be drawn: ${problemOf(e)}`);
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
      hint: 'original on the left, then what training sees in successive epochs',
      tools: h('a', {href: address(['ui', 'preview'], {run: run.run})}, 'Try other settings'),
    },
    h(
      'div',
      {ref: place, class: 'sheet-place'},
      sheet && h('img', {class: 'sheet', src: sheet, alt: 'Training samples, each in a row with its augmented versions'}),
      !sheet && !problem && h('p', {class: 'hint'}, 'Drawing…'),
      note && h('p', {class: 'hint'}, note),
      h(Problem, {text: problem})));
}
