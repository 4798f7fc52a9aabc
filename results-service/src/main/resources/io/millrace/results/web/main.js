// Which page this is, and what it says when it cannot be shown.

import {Refusal, ask} from './api.js';
import {byId, h, note, replace} from './dom.js';

/**
 * @typedef {object} Page
 * @property {string} nav the entry of the navigation that it belongs to
 * @property {(main: HTMLElement, name: string) => Promise<void>} show fills the page
 */

/** @type {[RegExp, () => Promise<{page: Page}>][]} */
const PAGES = [
  [/^\/ui\/$/, () => import('./experiments.js')],
  [/^\/ui\/experiments\/([^/]+)$/, () => import('./experiment.js')],
  [/^\/ui\/runs$/, () => import('./runs.js')],
  [/^\/ui\/runs\/([^/]+)$/, () => import('./run.js')],
  [/^\/ui\/new$/, () => import('./new.js')],
  [/^\/ui\/login$/, () => import('./login.js')],
];

const main = byId('main');
const logout = byId('logout');

// The token's own cookie is for no script to see; this one says that it is there.
logout.hidden = !document.cookie.includes('millrace-login=');
logout.addEventListener('click', async () => {
  await ask('/logout', {method: 'POST'});
  location.assign('/ui/login');
});

async function show() {
  for (const [pattern, load] of PAGES) {
    const match = pattern.exec(location.pathname);
    if (match) {
      const {page} = await load();
      for (const link of document.querySelectorAll('.top nav a')) {
        if (link.getAttribute('href') === page.nav) {
          link.setAttribute('aria-current', 'page');
        }
      }
      await page.show(main, decodeURIComponent(match[1] ?? ''));
      return;
    }
  }
  replace(main, note('There is no such page.', h('a', {href: '/ui/'}, 'All experiments')));
}

/** @param {unknown} e */
function complain(e) {
  const refusal = e instanceof Refusal ? e : null;
  if (!refusal) {
    console.error(e);
  }
  const unknown = refusal?.status === 404;
  replace(
    main,
    note(
      unknown ? 'Nothing is known under this name.' : 'This cannot be shown.',
      refusal ? `${refusal.message}${/[.!?]$/.test(refusal.message) ? '' : '.'}` : String(e),
      unknown
        ? h('a', {href: '/ui/'}, 'All experiments')
        : h('button', {type: 'button', onclick: () => location.reload()}, 'Try again')));
}

show()
  .then(() => 'shown', e => {
    complain(e);
    return 'failed';
  })
  .then(state => {
    main.removeAttribute('aria-busy');
    document.body.dataset.state = state;
  });
