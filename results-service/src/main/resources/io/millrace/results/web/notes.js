// Notes in Markdown and tags, for runs and experiments.

import {address, fetchOk} from './api.js';
import {Card, Fragment, Problem, announce, h, problemOf} from './ui.js';
import {useEffect, useState} from './vendor/preact/hooks.js';

/** @typedef {import('./ui.js').Child} Child */
/** @typedef {import('./vendor/marked/marked.js').Token} Token */

const MOST_CHARACTERS = 20_000;

/** @param {string[]} path of a run or an experiment @param {Record<string, unknown>} changes */
function patch(path, changes) {
  return fetchOk(address(path), {
    method: 'PATCH',
    headers: {'Content-Type': 'application/json', Accept: 'application/json'},
    body: JSON.stringify(changes),
  });
}

/** Whether a link may be shown. It must not run scripts. @param {string} href */
function isSafe(href) {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(href, location.href).protocol);
  } catch {
    return false;
  }
}

/**
 * Renders Markdown. HTML is shown as text and images become links, so that nothing is loaded from other hosts.
 *
 * @param {Token[]} tokens
 * @returns {Child[]}
 */
function elements(tokens) {
  return tokens.map(token => {
    const within = () => elements(token.tokens ?? []);
    switch (token.type) {
      case 'heading': return h(`h${Math.min(6, (token.depth ?? 1) + 2)}`, {}, within());
      case 'paragraph': return h('p', {}, within());
      case 'strong': return h('strong', {}, within());
      case 'em': return h('em', {}, within());
      case 'del': return h('del', {}, within());
      case 'codespan': return h('code', {}, token.text);
      case 'code': return h('pre', {tabindex: 0}, token.text);
      case 'blockquote': return h('blockquote', {}, within());
      case 'br': return h('br');
      case 'hr': return h('hr');
      case 'space': return null;
      case 'list': return h(token.ordered ? 'ol' : 'ul', {start: token.start || null}, (token.items ?? []).map(item => h('li', {}, elements(item.tokens ?? []))));
      case 'link':
      case 'image': return isSafe(token.href ?? '')
        ? h('a', {href: token.href, rel: 'noreferrer noopener'}, token.type === 'image' ? token.text || token.href : within())
        : token.raw;
      case 'table': return h(
        'table',
        {},
        h('thead', {}, h('tr', {}, (token.header ?? []).map(cell => h('th', {scope: 'col'}, elements(cell.tokens))))),
        h('tbody', {}, (token.rows ?? []).map(row => h('tr', {}, row.map(cell => h('td', {}, elements(cell.tokens)))))));
      case 'text': return token.tokens ? h(Fragment, null, within()) : unescaped(token.text ?? '');
      case 'escape': return unescaped(token.text ?? '');
      default: return token.raw;
    }
  });
}

/** Undoes the HTML escapes of the parser, because elements take plain text. @param {string} text */
function unescaped(text) {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => /** @type {Record<string, string>} */ (
    {amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\''})[name]);
}

/** @param {{text: string}} props */
export function Markdown({text}) {
  const [tokens, setTokens] = useState(/** @type {Token[] | null} */ (null));
  useEffect(() => {
    let current = true;
    import('./vendor/marked/marked.js').then(({lexer}) => {
      if (current) {
        setTokens(lexer(text));
      }
    });
    return () => { current = false; };
  }, [text]);
  return h('div', {class: 'markdown'}, tokens ? elements(tokens) : text);
}

/**
 * The note of a run or an experiment, with an editor.
 *
 * @param {{path: string[], note: string | undefined, saved: () => Promise<unknown>}} props saved: loads the run or the experiment again
 */
export function NoteCard({path, note, saved}) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  if (text === null) {
    return note
      ? h(Card, {title: 'Note', tools: h('button', {type: 'button', onClick: () => setText(note)}, 'Edit')}, h(Markdown, {text: note}))
      : h('p', {}, h('button', {type: 'button', onClick: () => setText('')}, 'Add a note'));
  }
  const save = async () => {
    setBusy(true);
    try {
      await patch(path, {note: text.trim() === '' ? null : text});
      await saved();
      setText(null);
      setProblem('');
      announce('Saved');
    } catch (e) {
      setProblem(problemOf(e));
    } finally {
      setBusy(false);
    }
  };
  return h(
    Card,
    {title: 'Note', hint: 'Markdown'},
    h('textarea', {
      class: 'note-text', rows: 8, maxlength: MOST_CHARACTERS, value: text, 'aria-label': 'Note in Markdown',
      onInput: (/** @type {any} */ e) => setText(e.target.value),
    }),
    text.trim() !== '' && h('div', {class: 'preview'}, h(Markdown, {text})),
    h(Problem, {text: problem}),
    h(
      'div',
      {class: 'buttons'},
      h('button', {type: 'button', class: 'main', disabled: busy, onClick: save}, 'Save'),
      h('button', {type: 'button', onClick: () => setText(null)}, 'Discard')));
}

/**
 * The tags of a run, with an editor.
 *
 * @param {{path: string[], tags: string[], saved: () => Promise<unknown>, refused: (problem: string) => void}} props
 */
export function Tags({path, tags, saved, refused}) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  if (text === null) {
    return h(
      'span',
      {class: 'tags'},
      tags.map(tag => h('a', {key: tag, class: 'tag', href: address(['ui', 'runs'], {tag})}, `#${tag}`)),
      h('button', {type: 'button', class: 'link', onClick: () => setText(tags.join(', '))}, tags.length > 0 ? 'Edit tags' : 'Add tags'));
  }
  /** @param {Event} e */
  const save = async e => {
    e.preventDefault();
    try {
      await patch(path, {tags: [...new Set(text.split(',').map(tag => tag.trim()).filter(Boolean))]});
      await saved();
      setText(null);
      announce('Saved');
    } catch (refusal) {
      refused(problemOf(refusal));
    }
  };
  return h(
    'form',
    {class: 'tags', onSubmit: save},
    h('input', {
      type: 'text', value: text, 'aria-label': 'Tags, separated by commas', placeholder: 'baseline, for-the-paper',
      onInput: (/** @type {any} */ e) => setText(e.target.value),
    }),
    h('button', {}, 'Save'),
    h('button', {type: 'button', onClick: () => setText(null)}, 'Discard'));
}
