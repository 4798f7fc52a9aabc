// Server-sent events.

import {address, get, toLogin} from './api.js';

/**
 * Listens to a stream of server-sent events. The browser reconnects by itself and sends the id of the last event.
 * If the server refuses the stream (too many are open, or the login has expired), this function tries again.
 *
 * @param {string[]} path
 * @param {string | null} after the event id after which the stream starts; null: now
 * @param {Record<string, (data: any) => void>} listeners by event
 * @param {(connected: boolean) => void} [onState]
 * @returns {() => void} closes the stream
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
          // An EventSource does not report why it was refused. Any other request does.
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
 * Throttles an action: it runs at most once per interval, and never twice at the same time.
 *
 * @param {number} ms
 * @param {() => Promise<unknown>} action
 * @returns {() => void} requests the action
 */
export function throttled(ms, action) {
  let pending = false;
  let busy = false;
  const go = async () => {
    busy = true;
    pending = false;
    try {
      await action();
    } catch (e) {
      console.warn(e); // The page stays as it is. The next attempt may succeed.
    }
    setTimeout(() => {
      busy = false;
      if (pending) {
        go();
      }
    }, ms);
  };
  return () => {
    pending = true;
    if (!busy) {
      go();
    }
  };
}
