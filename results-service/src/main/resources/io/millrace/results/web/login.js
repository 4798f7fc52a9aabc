// Asks for an API token; the service keeps it in a cookie that scripts cannot read.

import {Refusal, ask} from './api.js';
import {h, replace} from './dom.js';
import {parameters} from './curve-tools.js';

/** Where to go afterwards: the page that one came from, if it is one of ours. @returns {string} */
function target() {
  try {
    const from = new URL(parameters().get('from') ?? '', location.origin);
    return from.origin === location.origin && from.pathname.startsWith('/ui/') ? from.pathname + from.search : '/ui/';
  } catch {
    return '/ui/'; // No address at all.
  }
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '',
  async show(main) {
    document.title = 'Log in · Millrace';
    const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
    const token = h('input', {id: 'token', type: 'password', required: true, autocomplete: 'current-password', 'aria-describedby': 'token-hint'});
    const button = h('button', {class: 'main'}, 'Log in');
    /** @param {Event} e */
    const submit = async e => {
      e.preventDefault();
      button.disabled = true;
      try {
        const answer = await ask('/login', {method: 'POST', body: new URLSearchParams({token: token.value})});
        if (new URL(answer.url).searchParams.has('failed')) {
          throw new Refusal(401, 'This token is not known.');
        }
        location.replace(target());
      } catch (refused) {
        problem.textContent = refused instanceof Refusal ? refused.message : String(refused);
        problem.hidden = false;
        button.disabled = false;
        token.select();
      }
    };
    replace(main, h(
      'section',
      {class: 'card login', 'aria-label': 'Log in'},
      h(
        'form',
        {onsubmit: submit},
        h('h1', {}, 'Log in'),
        h('div', {class: 'field'}, h('label', {for: 'token'}, 'API token'), token),
        h('p', {class: 'hint', id: 'token-hint'}, 'Whoever runs this service gives it to you.'),
        problem,
        button)));
    token.focus();
  },
};
