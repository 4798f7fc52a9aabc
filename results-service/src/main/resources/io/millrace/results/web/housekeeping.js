// Runs and experiments are archived, restored and deleted: asked first, then done.

import {address, ask} from './api.js';
import {announce, h, problemOf} from './ui.js';
import {useState} from './vendor/preact/hooks.js';

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

/**
 * A button that does it with a run or an experiment.
 *
 * @param {{deed: Deed, path: string[], what: string, done: () => unknown, refused: (problem: string) => void}} props what: in words
 */
export function DeedButton({deed, path, what, done, refused}) {
  const [busy, setBusy] = useState(false);
  return h('button', {
    type: 'button',
    class: deed === 'delete' ? 'danger' : null,
    disabled: busy,
    onClick: async () => {
      if (!isWanted(deed, what)) {
        return;
      }
      setBusy(true);
      try {
        await doIt(deed, path);
        announce(WORDS[deed][1]);
        await done();
      } catch (e) {
        refused(problemOf(e));
      } finally {
        setBusy(false);
      }
    },
  }, WORDS[deed][0]);
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
      problems.push(problemOf(e));
    }
  }
  announce(`${WORDS[deed][1]}: ${runs.length - problems.length} of ${runs.length}`);
  return problems;
}
