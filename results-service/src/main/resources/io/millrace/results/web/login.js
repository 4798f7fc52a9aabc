// The login page. The service stores the API token in a cookie that scripts cannot read.

import {Refusal, fetchOk} from './api.js';
import {parameters} from './curves.js';
import {Problem, h, problemOf, render} from './ui.js';
import {useEffect, useRef, useState} from './vendor/preact/hooks.js';

/** The page to open after the login: the previous page, if it belongs to this service. @returns {string} */
function target() {
  try {
    const from = new URL(parameters().get('from') ?? '', location.origin);
    return from.origin === location.origin && from.pathname.startsWith('/ui/') ? from.pathname + from.search + from.hash : '/ui/';
  } catch {
    return '/ui/'; // Not a URL.
  }
}

function LoginPage() {
  const token = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => token.current?.focus(), []);
  /** @param {Event} e */
  const submit = async e => {
    e.preventDefault();
    setBusy(true);
    try {
      const answer = await fetchOk('/login', {method: 'POST', body: new URLSearchParams({token: token.current?.value ?? ''})});
      if (new URL(answer.url).searchParams.has('failed')) {
        throw new Refusal(401, 'This token is not valid.');
      }
      location.replace(target());
    } catch (refused) {
      setProblem(problemOf(refused));
      setBusy(false);
      token.current?.select();
    }
  };
  return h(
    'section',
    {class: 'card login', 'aria-label': 'Log in'},
    h(
      'form',
      {onSubmit: submit},
      h('h1', {}, 'Log in'),
      h(
        'div',
        {class: 'field'},
        h('label', {for: 'token'}, 'API token'),
        h('input', {ref: token, id: 'token', type: 'password', required: true, autocomplete: 'current-password', 'aria-describedby': 'token-hint'})),
      h('p', {class: 'hint', id: 'token-hint'}, 'You get a token from the operator of this service.'),
      h(Problem, {text: problem}),
      h('button', {class: 'main', disabled: busy}, 'Log in')));
}

/** @type {import('./main.js').Page} */
export const page = {
  nav: '',
  async show(main) {
    document.title = 'Log in · Millrace';
    render(h(LoginPage, null), main);
  },
};
