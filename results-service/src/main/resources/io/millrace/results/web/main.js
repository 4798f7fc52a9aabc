// Loads the page that the URL names, or shows why it cannot.

import {Refusal, fetchOk} from './api.js';
import {Note, byId, h, problemOf, render} from './ui.js';

/**
 * @typedef {object} Page
 * @property {string} nav the link of its entry in the navigation
 * @property {(main: HTMLElement, name: string) => Promise<void>} show renders the page
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

// Scripts cannot read the token's cookie. This second cookie only shows that the token's cookie exists.
logout.hidden = !document.cookie.includes('millrace-login=');
logout.addEventListener('click', async () => {
  await fetchOk('/logout', {method: 'POST'});
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
  document.title = 'Page not found · Millrace';
  throw new Refusal(404, '');
}

/** @param {unknown} e */
function complain(e) {
  const unknown = e instanceof Refusal && e.status === 404;
  const detail = unknown && e.message === '' ? 'The URL may be mistyped.' : problemOf(e);
  main.replaceChildren(); // Also removes what the page has already rendered.
  render([
    h('h1', {}, !unknown ? 'This page cannot be shown' : e.message === '' ? 'Page not found' : 'Not found'),
    h(
      Note,
      {title: /[.!?]$/.test(detail) ? detail : `${detail}.`},
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
