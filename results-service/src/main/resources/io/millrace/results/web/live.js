// What comes from the server by itself.

import {address, get, toLogin} from './api.js';

/**
 * Listens to a stream of server-sent events. The browser connects again by itself and says from where; only
 * where the server has refused the stream (too many are open, or the login has run out) does this try again.
 *
 * @param {string[]} path
 * @param {string | null} after the position after which it begins; null: now
 * @param {Record<string, (data: any) => void>} listeners by event
 * @param {(connected: boolean) => void} [onState]
 * @returns {() => void} ends it
 */
export function listen(path, after, listeners, onState = () => {}) {
  const RETRY_MS = 5000;
  /** @type {EventSource} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  let ended = false;
  let position = after;

  const open = () => {
    source = new EventSource(address(path, {after: position}));
    source.onopen = () => onState(true);
    source.onerror = () => {
      onState(false);
      if (source.readyState === EventSource.CLOSED && !ended) {
        retry = setTimeout(() => {
          // A refused stream does not say why; any resource does.
          get(['experiments'], {limit: 1}).then(open, e => (e.status === 401 ? toLogin() : open()));
        }, RETRY_MS);
      }
    };
    for (const [event, listener] of Object.entries(listeners)) {
      source.addEventListener(event, message => {
        position = message.lastEventId || position;
        listener(JSON.parse(message.data));
      });
    }
  };
  const end = () => {
    ended = true;
    clearTimeout(retry);
    source.close();
  };
  open();
  addEventListener('pagehide', end, {once: true});
  addEventListener('pageshow', e => {
    if (e.persisted) {
      location.reload();
    }
  }, {once: true});
  return end;
}

/**
 * Does a thing when it is wanted, but not more often than every so many milliseconds, and never twice at a time.
 *
 * @param {number} ms
 * @param {() => Promise<unknown>} doing
 * @returns {() => void} wants it
 */
export function sparing(ms, doing) {
  let wanted = false;
  let busy = false;
  const go = async () => {
    busy = true;
    wanted = false;
    try {
      await doing();
    } catch (e) {
      console.warn(e); // What was shown stays; the next one may do.
    }
    setTimeout(() => {
      busy = false;
      if (wanted) {
        go();
      }
    }, ms);
  };
  return () => {
    wanted = true;
    if (!busy) {
      go();
    }
  };
}
