// Runs and experiments are archived, restored and deleted: asked first, then done.

import {Refusal, address, ask} from './api.js';
import {announce, h} from './dom.js';

/** @typedef {'archive' | 'restore' | 'delete'} Deed */

/** @type {Record<Deed, [string, string]>} what the button says, and what was done */
const WORDS = {archive: ['Archive', 'Archived'], restore: ['Restore', 'Restored'], delete: ['Delete', 'Deleted']};

/**
 * @param {Deed} deed
 * @param {string} what it is done with, in words
 * @returns {boolean} whether the user wants it
 */
function isWanted(deed, what) {
  return deed === 'restore' || confirm(deed === 'archive'
    ? `Archive ${what}? Archived runs are hidden from lists and comparisons until they are restored.`
    : `Delete ${what}, with losses, models and checkpoints? This cannot be undone.`);
}

/** @param {Deed} deed @param {string[]} path of a run or an experiment */
async function doIt(deed, path) {
  await ask(address([...path, deed]), {method: 'POST', headers: {Accept: 'application/json'}});
}

/** @param {unknown} e */
function said(e) {
  return e instanceof Refusal ? e.message : String(e);
}

/**
 * A button that does it with a run or an experiment.
 *
 * @param {Deed} deed
 * @param {string[]} path
 * @param {string} what in words
 * @param {() => unknown} done
 * @param {(problem: string) => void} refused
 */
export function deedButton(deed, path, what, done, refused) {
  const button = h('button', {
    type: 'button',
    class: deed === 'delete' ? 'danger' : null,
    onclick: async () => {
      if (!isWanted(deed, what)) {
        return;
      }
      button.disabled = true;
      try {
        await doIt(deed, path);
        announce(WORDS[deed][1]);
        await done();
      } catch (e) {
        refused(said(e));
      } finally {
        button.disabled = false;
      }
    },
  }, WORDS[deed][0]);
  return button;
}

/**
 * Does it with runs, one after the other; those that refuse do not stop the others.
 *
 * @param {Deed} deed
 * @param {string[]} runs
 * @returns {Promise<string[] | null>} what was refused and why; null where the user does not want it
 */
export async function withRuns(deed, runs) {
  if (!isWanted(deed, runs.length === 1 ? runs[0] : `${runs.length} runs`)) {
    return null;
  }
  const problems = [];
  for (const run of runs) {
    try {
      await doIt(deed, ['runs', run]);
    } catch (e) {
      problems.push(said(e));
    }
  }
  announce(`${WORDS[deed][1]}: ${runs.length - problems.length} of ${runs.length}`);
  return problems;
}
