// A sheet of augmented samples, drawn by the augmentation service.

import {Refusal, fetchOk} from './api.js';
import {dataUrl} from './test-images.js';
import {h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./augmentation.js').Fault} Fault */

const DEBOUNCE_MS = 120;
const BUSY_MS = 400;
const BUSY_TRIES = 10;

/** The field and the message of an error. The message does not repeat the field. @param {unknown} e @returns {Fault} */
export function faultOf(e) {
  if (!(e instanceof Refusal)) {
    return {field: '', message: problemOf(e)};
  }
  const {field = '', message} = e;
  return {field, message: field && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message};
}

/** Requests a sheet, and tries again while the service is busy. @param {string} body @param {AbortSignal} signal */
async function drawn(body, signal) {
  for (let tries = 1; ; tries++) {
    try {
      return await fetchOk('/preview', {method: 'POST', headers: {'Content-Type': 'application/json'}, body, signal});
    } catch (e) {
      if (!(e instanceof Refusal && e.status === 503) || tries === BUSY_TRIES) {
        throw e;
      }
    }
    await new Promise(resolve => setTimeout(resolve, BUSY_MS));
  }
}

/** @param {Record<string, any>} request @param {string | null} note */
function captionOf({variants = 6, epoch = 0, seed = 0}, note) {
  const epochs = variants > 1 ? `epochs ${epoch} to ${epoch + variants - 1}` : `epoch ${epoch}`;
  return `Original, then ${epochs}, seed ${seed}.${note ? ` Note: ${note}.` : ''}`;
}

/**
 * The sheet of a preview request. It is loaded shortly after the last change; until then, the previous sheet stays.
 *
 * @param {{request: Record<string, any>, onFault: (fault: Fault | null) => void}} props onFault: called with an error, or with null once a sheet is shown
 */
export function PreviewSheet({request, onFault}) {
  const [sheet, setSheet] = useState(/** @type {{url: string, caption: string, variants: number} | null} */ (null));
  const [state, setState] = useState(/** @type {'waiting' | 'shown' | 'refused'} */ ('waiting'));
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  const [isEnlarged, setEnlarged] = useState(false);
  const body = JSON.stringify(request);
  useEffect(() => {
    const mine = new AbortController();
    setState('waiting');
    const timer = setTimeout(async () => {
      try {
        const response = await drawn(body, mine.signal);
        const url = await dataUrl(await response.blob());
        const first = new Image();
        first.src = url;
        await first.decode();
        if (!mine.signal.aborted) {
          setSheet({url, caption: captionOf(request, response.headers.get('Preview-Note')), variants: request.variants ?? 6});
          setState('shown');
          onFault(null);
        }
      } catch (e) {
        if (!mine.signal.aborted) {
          setState('refused');
          onFault(faultOf(e));
        }
      }
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [body]);
  useEffect(() => {
    const own = image.current;
    if (!own) {
      return undefined;
    }
    // Pixels stay sharp if the sheet is shown larger than it was drawn.
    const sizes = new ResizeObserver(() => setEnlarged(own.clientWidth > own.naturalWidth));
    sizes.observe(own);
    return () => sizes.disconnect();
  }, [sheet !== null]);
  return h(
    'div',
    {class: 'preview-sheet', 'data-state': state, 'aria-busy': String(state === 'waiting')},
    h(
      'div',
      {class: 'frame', tabindex: 0, role: 'group', 'aria-label': 'Sheet of samples'},
      sheet
        ? h('img', {
          ref: image,
          src: sheet.url,
          class: isEnlarged ? 'enlarged' : null,
          alt: `The original on the left, then ${sheet.variants} augmented versions of each sample`,
        })
        : h('p', {class: 'hint'}, state === 'refused' ? 'The sheet cannot be drawn.' : 'Drawing…')),
    h('p', {class: 'hint', role: 'status'}, sheet?.caption ?? ''));
}
