// Formats numbers, times and JSON for display.

const COUNT = new Intl.NumberFormat('en');
const DATE = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});
const TIME = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const MINUS = '\u2212';

/** @param {number} value */
export function count(value) {
  return COUNT.format(value);
}

/** Why a number may not be finite. */
export const NOT_FINITE = 'the calculation divided by zero or overflowed.';

/** @param {number} n @param {string} name @param {string} [names] the plural */
export function plural(n, name, names = `${name}s`) {
  return `${count(n)} ${n === 1 ? name : names}`;
}

/**
 * Formats a measured number with the given number of significant digits.
 *
 * @param {number | null | undefined} value null: not finite; undefined: missing
 */
export function number(value, digits = 4) {
  if (value === null) {
    return 'not finite';
  }
  if (value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  let text;
  if (value === 0) {
    text = '0';
  } else if (size >= 1e6 || size < 1e-4) {
    text = value.toExponential(Math.max(0, digits - 2)).replace('e+', 'e');
  } else if (size >= 1000) {
    text = COUNT.format(Math.round(value));
  } else {
    text = value.toFixed(Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
  }
  return text.replaceAll('-', MINUS);
}

/** Formats a mark of an axis, without trailing zeros. @param {number} value */
export function tick(value) {
  const text = number(value, 6);
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

/** @param {number | null | undefined} value */
export function signed(value, digits = 3) {
  const text = number(value, digits);
  return value !== null && value !== undefined && value > 0 ? `+${text}` : text;
}

/** @param {number | null | undefined} p */
export function probability(p) {
  if (p === null || p === undefined) {
    return '–';
  }
  return p < 0.001 ? '< 0.001' : p.toFixed(p < 0.1 ? 3 : 2);
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '–';
  }
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  const minutes = Math.round(whole / 60);
  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : plural(Math.round(minutes / 1440), 'day');
}

/** @param {string | undefined} at */
export function when(at) {
  return at ? `${DATE.format(new Date(at))}, ${TIME.format(new Date(at))}` : '–';
}

/** @param {string} at */
export function clock(at) {
  return TIME.format(new Date(at));
}

/** @param {string | undefined} at */
export function ago(at) {
  if (!at) {
    return '–';
  }
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  if (seconds < 45) {
    return 'just now';
  }
  if (seconds < 3600) {
    return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  }
  if (seconds < 36 * 3600) {
    return `${Math.round(seconds / 3600)} h ago`;
  }
  return DATE.format(new Date(at));
}

/** @param {number | undefined} value */
export function bytes(value) {
  if (value === undefined || value === null) {
    return '–';
  }
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${power ? (value / 1000 ** power).toFixed(1) : value} ${units[power]}`;
}

/**
 * Formats a number over replicates: the mean, and half the width of its 95 % confidence interval if it has one.
 *
 * @param {import('./types').Spread | null | undefined} spread null: finite in no replicate
 * @returns {[string, string]}
 */
export function spread(spread, digits = 4) {
  if (!spread) {
    return [number(spread), ''];
  }
  const mean = number(spread.mean, digits);
  if (typeof spread.low !== 'number' || typeof spread.high !== 'number') {
    return [mean, ''];
  }
  // The same number of decimals as the mean.
  const decimals = /^[^e]*\.(\d+)$/.exec(mean)?.[1].length ?? 0;
  const half = (spread.high - spread.low) / 2;
  return [mean, `± ${mean.includes('e') ? number(half, 2) : half.toFixed(decimals)}`];
}

/** @param {Record<string, number>} states number of runs by state */
export function runsInWords(states) {
  return Object.entries(states)
    .map(([state, many]) => `${many} ${state.toLowerCase()}`)
    .join(', ');
}

const LINE = 92;

/**
 * Formats JSON for reading. A value that fits stays on one line, but each top-level field has its own line.
 *
 * @param {any} value
 * @returns {string}
 */
export function json(value, indent = '') {
  if (value === null || typeof value !== 'object') {
    return JSON.stringify(value);
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const within = indent + '  ';
  /** @param {(value: any) => string} write */
  const parts = write => (Array.isArray(value)
    ? value.map(write)
    : Object.entries(value).map(([name, v]) => `${JSON.stringify(name)}: ${write(v)}`));
  const line = `${open}${parts(v => json(v, within)).join(', ')}${close}`;
  return (indent !== '' && !line.includes('\n') && indent.length + line.length <= LINE) || line.length === 2
    ? line
    : `${open}\n${within}${parts(v => json(v, within)).join(`,\n${within}`)}\n${indent}${close}`;
}
