// A sheet of augmented samples, as the augmentation service draws it.

import {Refusal, ask} from './api.js';
import {dataUrl} from './test-images.js';
import {h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./augmentation.js').Fault} Fault */

const DEBOUNCE_MS = 120;
const BUSY_MS = 400;
const BUSY_TRIES = 10;

/** A refusal with the field that it names, which the message does not name again. @param {unknown} e @returns {Fault} */
export function faultOf(e) {
  if (!(e instanceof Refusal)) {
    return {field: '', message: problemOf(e)};
  }
  const {field = '', message} = e;
  return {field, message: field && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message};
}

/** The answer once a place is free. @param {string} body @param {AbortSignal} signal */
async function drawn(body, signal) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask('/preview', {method: 'POST', headers: {'Content-Type': 'application/json'}, body, signal});
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
  const last = variants > 1 ? ` to ${epoch + variants - 1}` : '';
  return `Original, then epoch ${epoch}${last}, seed ${seed}.${note ? ` Note: ${note}.` : ''}`;
}

/**
 * The sheet of a preview's request. It is asked for once the request rests for a moment; the one before stays until then.
 *
 * @param {{request: Record<string, any>, onFault: (fault: Fault | null) => void}} props onFault: is told what was refused, and null once a sheet is there
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
    // Pixels stay pixels where the sheet is larger than it was drawn.
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
          alt: `The original at the left, then ${sheet.variants} augmented versions of each sample`,
        })
        : h('p', {class: 'hint'}, state === 'refused' ? 'There is no sheet.' : 'Drawing…')),
    h('p', {class: 'hint', role: 'status'}, sheet?.caption ?? ''));
}
