// Parses JSON text while it is being written: its value, the position of each part, and the first error.

/**
 * @typedef {object} Written
 * @property {any} [value] undefined where the text is not JSON
 * @property {Map<string, [number, number]>} places start and end of each value, by its path's key
 * @property {{at: number, message: string}} [error]
 */

/** @typedef {(string | number)[]} Path */

/** @param {Path} path @returns {string} */
export function key(path) {
  return JSON.stringify(path.map(String));
}

/**
 * @param {string} text
 * @returns {Written}
 */
export function read(text) {
  /** @type {Map<string, [number, number]>} */
  const places = new Map();
  let at = 0;
  const space = () => {
    while (' \t\r\n'.includes(text[at] ?? 'x')) {
      at++;
    }
  };
  /** @param {string} what @returns {never} */
  const fail = what => {
    throw Object.assign(new SyntaxError(what), {at: Math.min(at, text.length)});
  };
  /** @param {RegExp} pattern sticky @param {string} what */
  const take = (pattern, what) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      return fail(at >= text.length ? `expected ${what}, found the end of the text` : `expected ${what}, found ${text[at]}`);
    }
    at += match[0].length;
    return match[0];
  };
  const string = () => take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y, 'a string in "…"');
  /** @param {string} close @param {() => void} item */
  const several = (close, item) => {
    at++;
    space();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      space();
      if (text[at] === close) {
        at++;
        return;
      }
      take(/,/y, `a comma or ${close}`);
      space();
    }
  };
  /** @param {Path} path */
  const value = path => {
    space();
    const start = at;
    if (text[at] === '{') {
      several('}', () => {
        const from = at;
        const name = JSON.parse(string());
        places.set(key([...path, name]), [from, at]);
        space();
        take(/:/y, 'a colon');
        value([...path, name]);
        places.set(key([...path, name]), [from, at]);
      });
    } else if (text[at] === '[') {
      let i = 0;
      several(']', () => {
        space();
        value([...path, i++]);
      });
    } else if (text[at] === '"') {
      string();
    } else {
      take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y, 'a value');
    }
    if (!places.has(key(path))) {
      places.set(key(path), [start, at]);
    }
  };
  try {
    value([]);
    space();
    if (at < text.length) {
      fail(`expected the end of the text, found ${text[at]}`);
    }
    return {value: JSON.parse(text), places};
  } catch (e) {
    return {places, error: {at: /** @type {any} */ (e).at ?? 0, message: /** @type {Error} */ (e).message}};
  }
}

/**
 * The path of the innermost value at a position.
 *
 * @param {Written} written
 * @param {number} at
 * @returns {Path}
 */
export function pathAt(written, at) {
  /** @type {[string, number]} */
  let best = [key([]), Infinity];
  for (const [path, [from, to]] of written.places) {
    if (from <= at && at <= to && to - from < best[1]) {
      best = [path, to - from];
    }
  }
  return JSON.parse(best[0]);
}

/**
 * The position of a value, or of the innermost existing value that contains it.
 *
 * @param {Written} written
 * @param {Path} path
 * @returns {[number, number]}
 */
export function placeOf(written, path) {
  for (let n = path.length; n >= 0; n--) {
    const found = written.places.get(key(path.slice(0, n)));
    if (found) {
      return found;
    }
  }
  return [0, 0];
}

/** @param {string} text in the service's notation: model.layers[0].filters @returns {Path} */
export function pathOf(text) {
  return text.split(/[.[\]]+/).filter(Boolean);
}

/** @param {Path} path @returns {string} */
export function pathText(path) {
  return path.map((p, i) => (/^\d+$/.test(String(p)) ? `[${p}]` : i > 0 ? `.${p}` : String(p))).join('');
}
