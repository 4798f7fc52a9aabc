// Scales of axes: the positions of numbers, and the marks.

/**
 * @typedef {object} Scale
 * @property {number} min
 * @property {number} max
 * @property {boolean} log
 * @property {(value: number) => number} at the position of a value, from 0 to 1
 * @property {number[]} marks
 */

/** The free space at each end of a scale, as a fraction of it. */
const MARGIN = 0.04;

/**
 * A range with some room around the values, even if they are all equal.
 *
 * @param {number} min
 * @param {number} max
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function roomy(min, max, log) {
  if (log) {
    const factor = min === max ? 1.5 : (max / min) ** MARGIN;
    return [min / factor, max * factor];
  }
  const room = min === max ? Math.abs(min) * 0.1 || 1 : (max - min) * MARGIN;
  return [min - room, max + room];
}

/**
 * About six round numbers within a range.
 *
 * @param {number} min
 * @param {number} max
 * @param {boolean} log
 * @param {boolean} [whole] whether only whole numbers are marks
 * @returns {number[]}
 */
export function marksOf(min, max, log, whole = false) {
  if (log) {
    const found = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      for (const digit of max / min > 1e4 ? [1] : [1, 2, 5]) {
        const mark = Number(`${digit}e${power}`);
        if (mark >= min && mark <= max) {
          found.push(mark);
        }
      }
    }
    if (found.length > 9) {
      const every = Math.ceil(found.length / 8);
      return found.filter((_, i) => i % every === 0);
    }
    if (found.length >= 3) {
      return found;
    }
  }
  const rough = (max - min) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough) ?? rough;
  const step = whole ? Math.max(1, Math.round(round)) : round;
  const marks = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) {
    marks.push(Number((i * step).toPrecision(12)));
  }
  return marks.filter(mark => !log || mark > 0);
}

/**
 * @param {number[]} values
 * @param {{log?: boolean, whole?: boolean}} [options]
 * @returns {Scale}
 */
export function scaleOf(values, {log = false, whole = false} = {}) {
  const known = values.filter(v => Number.isFinite(v) && (!log || v > 0));
  const [min, max] = known.length > 0
    ? roomy(Math.min(...known), Math.max(...known), log)
    : log ? [0.1, 1] : [0, 1];
  /** @param {number} v */
  const place = v => (log ? Math.log10(v) : v);
  return {
    min,
    max,
    log,
    at: value => (place(value) - place(min)) / (place(max) - place(min)),
    marks: marksOf(min, max, log, whole),
  };
}
