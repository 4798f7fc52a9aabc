// The log of a run: its entries in order, each once.

import {get} from './api.js';
import {clock, when} from './format.js';
import {Card, Problem, h, problemOf} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./types').LogItem} LogItem */
/** @typedef {{items: LogItem[], known: Set<string>, last: number, next: string | undefined, problem: string}} Log */

const PAGE = 1000;

/**
 * @param {string[]} path of the run
 * @returns {[import('./vendor/preact/preact.js').Ref<Log>, (cursor?: string) => Promise<void>, (items: LogItem[]) => void]} the log, a function that loads a page of it, and a function that adds entries
 */
export function useLog(path) {
  const log = useRef(/** @type {Log} */ ({items: [], known: new Set(), last: 0, next: undefined, problem: ''}));
  const [, changed] = useState(0);
  /** @param {LogItem[]} items */
  const add = items => {
    for (const item of items) {
      if (!log.current.known.has(String(item.id))) {
        log.current.known.add(String(item.id));
        log.current.items.push(item);
        log.current.last = Number(item.id);
      }
    }
    changed(n => n + 1);
  };
  /** @param {string} [cursor] */
  const load = async cursor => {
    try {
      const answer = /** @type {import('./types').LogPage} */ (await get([...path, 'log'], {limit: PAGE, cursor}));
      log.current.next = answer.next;
      add(answer.events);
    } catch (e) {
      log.current.problem = problemOf(e);
      changed(n => n + 1);
    }
  };
  return [log, load, add];
}

/** @param {{log: Log, load: (cursor?: string) => Promise<void>}} props */
export function LogCard({log, load}) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  useEffect(() => {
    if (list.current && atEnd.current) {
      list.current.scrollTop = list.current.scrollHeight;
    }
  });
  return h(
    Card,
    {title: 'Log'},
    h(
      'ol',
      {
        ref: list,
        class: 'log',
        tabindex: 0,
        'aria-label': 'Log entries',
        onScroll: (/** @type {any} */ e) => {
          const own = e.currentTarget;
          atEnd.current = own.scrollTop + own.clientHeight >= own.scrollHeight - 8;
        },
      },
      log.items.map(item => h(
        'li',
        {key: String(item.id), 'data-type': item.type},
        h('time', {datetime: item.at, title: when(item.at)}, clock(item.at)),
        h('span', {class: /failed|rejected/.test(item.type) ? 'bad' : null}, item.text)))),
    h(Problem, {text: log.problem}),
    log.next && h('button', {type: 'button', onClick: () => load(log.next)}, 'More entries'));
}
