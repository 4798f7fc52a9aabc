// Which page this is, and what it says when it cannot be shown.

import {Refusal, ask} from './api.js';
import {Note, byId, h, problemOf, render} from './ui.js';

/**
 * @typedef {object} Page
 * @property {string} nav the entry of the navigation that it belongs to
 * @property {(main: HTMLElement, name: string) => Promise<void>} show fills the page
 */

/** @type {[RegExp, () => Promise<{page: Page}>][]} */
const PAGES = [
  [/^\/ui\/$/, () => import('./experiments.js')],
  [/^\/ui\/experiments\/([^/]+)$/, () => import('./experiment.js')],
  [/^\/ui\/experiments\/([^/]+)\/report$/, () => import('./report.js')],
  [/^\/ui\/compare$/, () => import('./compare.js')],
  [/^\/ui\/runs$/, () => import('./runs.js')],
  [/^\/ui\/runs\/([^/]+)$/, () => import('./run.js')],
  [/^\/ui\/new$/, () => import('./new.js')],
  [/^\/ui\/preview$/, () => import('./preview.js')],
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
  document.title = 'No such page · Millrace';
  throw new Refusal(404, '');
}

/** @param {unknown} e */
function complain(e) {
  const unknown = e instanceof Refusal && e.status === 404;
  const said = unknown && e.message === '' ? 'The address may be mistyped.' : problemOf(e);
  main.replaceChildren(); // Also what a page has begun to show.
  render([
    h('h1', {}, !unknown ? 'This cannot be shown' : e.message === '' ? 'There is no such page' : 'Nothing is known under this name'),
    h(
      Note,
      {title: /[.!?]$/.test(said) ? said : `${said}.`},
      unknown
        ? h('a', {href: '/ui/'}, 'All experiments')
        : h('button', {type: 'button', onClick: () => location.reload()}, 'Try again')),
  ], main);
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
