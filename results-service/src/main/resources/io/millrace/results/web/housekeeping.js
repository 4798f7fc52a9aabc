// Archives, restores and deletes runs and experiments. Archiving and deleting need a confirmation.

import {address, fetchOk} from './api.js';
import {announce, h, problemOf} from './ui.js';
import {useState} from './vendor/preact/hooks.js';

/** @typedef {'archive' | 'restore' | 'delete'} Action */

/** @type {Record<Action, [string, string]>} label of the button, and announcement when done */
const WORDS = {archive: ['Archive', 'Archived'], restore: ['Restore', 'Restored'], delete: ['Delete', 'Deleted']};

/**
 * @param {Action} action
 * @param {string} what the run or the experiment, in words
 * @returns {boolean} whether the user agrees
 */
function isConfirmed(action, what) {
  return action === 'restore' || confirm(action === 'archive'
    ? `Archive ${what}? Archived runs are hidden from lists and comparisons until they are restored.`
    : `Delete ${what}, including losses, models and checkpoints? This cannot be undone.`);
}

/** @param {Action} action @param {string[]} path of a run or an experiment */
async function send(action, path) {
  await fetchOk(address([...path, action]), {method: 'POST', headers: {Accept: 'application/json'}});
}

/**
 * A button that archives, restores or deletes a run or an experiment.
 *
 * @param {{action: Action, path: string[], what: string, done: () => unknown, refused: (problem: string) => void}} props what: the run or the experiment, in words
 */
export function ActionButton({action, path, what, done, refused}) {
  const [busy, setBusy] = useState(false);
  return h('button', {
    type: 'button',
    class: action === 'delete' ? 'danger' : null,
    disabled: busy,
    onClick: async () => {
      if (!isConfirmed(action, what)) {
        return;
      }
      setBusy(true);
      try {
        await send(action, path);
        announce(WORDS[action][1]);
        await done();
      } catch (e) {
        refused(problemOf(e));
      } finally {
        setBusy(false);
      }
    },
  }, WORDS[action][0]);
}

/**
 * Archives, restores or deletes runs one by one. A refusal does not stop the others.
 *
 * @param {Action} action
 * @param {string[]} runs
 * @returns {Promise<string[] | null>} the error messages; null if the user does not agree
 */
export async function withRuns(action, runs) {
  if (!isConfirmed(action, runs.length === 1 ? runs[0] : `${runs.length} runs`)) {
    return null;
  }
  const problems = [];
  for (const run of runs) {
    try {
      await send(action, ['runs', run]);
    } catch (e) {
      problems.push(problemOf(e));
    }
  }
  announce(`${WORDS[action][1]}: ${runs.length - problems.length} of ${runs.length}`);
  return problems;
}
