// Line charts, drawn by uPlot: bands, a tooltip, keyboard access, both colour schemes.

import {announce, h} from './ui.js';
import {useEffect, useRef} from './vendor/preact/hooks.js';
import {number, tick} from './format.js';
import {marksOf, roomy} from './scales.js';

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {number[]} x ascending
 * @property {(number | null)[]} y null is a gap
 * @property {number} [color] index of a series colour
 * @property {number} [dash] index of a dash pattern
 * @property {boolean} [faint] drawn pale and left out of the tooltip
 * @property {boolean} [points] dots instead of a line
 * @property {boolean} [hidden]
 * @property {(number | null)[]} [low] the band's lower edge
 * @property {(number | null)[]} [high] the band's upper edge
 * @property {number[]} [n] the number of runs behind each mean
 */

/** @typedef {[number, number]} Zoom the visible range of x */

/**
 * @typedef {object} Axes
 * @property {string} label what the chart shows
 * @property {string} xTitle
 * @property {string} yTitle
 * @property {string} [empty] the text in place of a chart without data
 * @property {(x: number) => string} [x] formats x
 * @property {boolean} [whole] whether x is a whole number
 * @property {(i: number) => string} [category] names the x values if they are not numbers
 * @property {boolean} [log] whether y is logarithmic
 * @property {boolean} [logX] whether x is logarithmic
 */

export const COLORS = 7;
export const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

/** A line with more points than this is drawn thin. */
const DENSE = 700;
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400];
const WHOLE = Array.from({length: 10}, (_, i) => [1, 2, 5].map(n => n * 10 ** i)).flat();
const MOST_IN_TIP = 12;

/** @param {string} name a custom property @returns {string} its current colour */
function color(name) {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** @param {string} rgb @param {number} alpha */
function faded(rgb, alpha) {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** @param {number} i @returns {{color: number, dash: number}} lines after the seventh also differ by dash pattern */
export function look(i) {
  return {color: i % COLORS, dash: Math.floor(i / COLORS) % DASHES.length};
}

/** A small sample of a line, for legends and tables. @param {{line: {color?: number, dash?: number, points?: boolean}}} props */
export function Swatch({line}) {
  const stroke = `var(--series-${line.color ?? 0})`;
  return h(
    'svg',
    {class: 'swatch', viewBox: '0 0 28 12', 'aria-hidden': 'true'},
    line.points
      ? h('circle', {cx: 14, cy: 6, r: 3.5, style: {fill: stroke}})
      : h('line', {
        x1: 1, y1: 6, x2: 27, y2: 6, 'stroke-dasharray': DASHES[line.dash ?? 0].join(' ') || null, style: {stroke, strokeWidth: 2.5},
      }));
}

/**
 * Joins the x values of several lines.
 *
 * @param {Line[]} lines
 * @returns {any[]} uPlot's data: x, then the columns; undefined where a line has no point at that x
 */
function aligned(lines) {
  const same = lines.every(line => line.x === lines[0].x || (
    line.x.length === lines[0].x.length && line.x.every((x, i) => x === lines[0].x[i])));
  /** @param {Line} line */
  const columns = line => (line.low && line.high ? [line.y, line.low, line.high] : [line.y]);
  if (same) {
    return [lines[0]?.x ?? [], ...lines.flatMap(columns)];
  }
  return uPlot.join(/** @type {any} */ (lines.map(line => [line.x, ...columns(line)])));
}

/** A uPlot chart and its tooltip. */
class Plot {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {Line[]} */
  #lines = [];
  /** @type {any[]} */
  #data = [[]];
  /** A copy of the data that the chart shows, because live curves grow in place. @type {any[][]} */
  #drawn = [];
  #built = '';
  #index = -1;
  /** @type {Zoom | null} */
  #zoom = null;
  /** @type {(zoom: Zoom | null) => void} */
  onZoom = () => {};

  /** @param {HTMLElement} element @param {HTMLElement} tip @param {Axes & {sync?: string}} options */
  constructor(element, tip, options) {
    this.element = element;
    this.tip = tip;
    this.options = options;
    this.sizes = new ResizeObserver(() => this.#resize());
    this.sizes.observe(element);
    this.themed = () => requestAnimationFrame(() => this.#rebuild());
    addEventListener('themechange', this.themed);
  }

  end() {
    this.sizes.disconnect();
    removeEventListener('themechange', this.themed);
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** @param {Line[]} lines @param {Axes & {sync?: string}} options @param {Zoom | null} zoom */
  draw(lines, options, zoom) {
    this.#lines = lines;
    this.options = options;
    this.#data = aligned(lines);
    if (options.log) {
      this.#data = [this.#data[0], ...this.#data.slice(1).map(positive)];
    }
    const zoomed = JSON.stringify(zoom) !== JSON.stringify(this.#zoom);
    this.#zoom = zoom;
    if (!hasValues(lines) && !this.#plot) {
      return;
    }
    // uPlot is rebuilt if any of these change. New numbers alone are cheaper.
    const shape = JSON.stringify([
      options.log, options.logX, options.xTitle, options.yTitle,
      lines.map(l => [l.label, l.color, l.dash, l.faint, l.points, !!l.low, !!l.hidden]),
    ]);
    if (this.#plot && shape === this.#built) {
      // Pages render again for many reasons, most of them without new data.
      if (!zoomed && isSame(this.#data, this.#drawn)) {
        return;
      }
      this.#drawn = this.#data.map(column => [...column]);
      this.#plot.batch(() => {
        this.#plot?.setData(/** @type {any} */ (this.#data), !zoom);
        if (zoom) {
          this.#plot?.setScale('x', {min: zoom[0], max: zoom[1]});
        } else if (zoomed) {
          this.#plot?.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
        }
      });
    } else {
      this.#built = shape;
      this.#drawn = this.#data.map(column => [...column]);
      this.#rebuild();
    }
  }

  #size() {
    return {width: Math.max(120, this.element.clientWidth), height: this.element.clientHeight};
  }

  #resize() {
    const {width, height} = this.#size();
    if (this.#plot && (this.#plot.width !== width || this.#plot.height !== height)) {
      this.#plot.setSize({width, height});
    }
  }

  #rebuild() {
    if (!this.#lines.length) {
      return;
    }
    this.#plot?.destroy();
    this.tip.hidden = true;
    const ink = {soft: color('--soft'), faint: color('--faint'), card: color('--card')};
    /** @type {uPlot.Series[]} */
    const series = [{}];
    /** @type {uPlot.Band[]} */
    const bands = [];
    for (const line of this.#lines) {
      const rgb = color(`--series-${line.color ?? 0}`);
      series.push({
        label: line.label,
        show: !line.hidden,
        stroke: line.points ? undefined : faded(rgb, line.faint ? 0.28 : 1),
        width: line.faint || line.y.length > DENSE ? 1 : 2,
        dash: DASHES[line.dash ?? 0],
        points: line.points
          ? {show: true, size: 7, fill: rgb, stroke: ink.card, width: 1.5}
          : {show: (u, i) => u.data[0].length < 2 || lonely(u, i), size: 6, fill: rgb},
        spanGaps: false,
        paths: line.points ? () => null : undefined,
      });
      if (line.low && line.high) {
        const at = series.length;
        const edge = {show: !line.hidden, stroke: 'transparent', width: 0, points: {show: false}};
        series.push({...edge}, {...edge});
        bands.push({series: [at + 1, at], fill: faded(rgb, 0.16)});
      }
    }
    this.#plot = new uPlot(
      {
        ...this.#size(),
        padding: [10, 18, 0, 0],
        legend: {show: false},
        scales: this.#scales(),
        series,
        bands,
        axes: this.#axes(ink),
        cursor: {
          x: true,
          y: false,
          drag: {x: true, y: false, dist: 8, setScale: false},
          points: {size: 8},
          sync: this.options.sync ? {key: this.options.sync, setSeries: false} : undefined,
          bind: {dblclick: () => () => { this.onZoom(null); return null; }},
        },
        hooks: {
          setCursor: [u => this.#tip(u)],
          setSelect: [u => this.#select(u)],
        },
      },
      /** @type {any} */ (this.#data),
      this.element);
    if (this.#zoom) {
      this.#plot.setScale('x', {min: this.#zoom[0], max: this.#zoom[1]});
    }
    this.#plot.over.addEventListener('mouseleave', () => { this.tip.hidden = true; });
  }

  /** @returns {uPlot.Scales} scales that fit the data, even if all values are equal */
  #scales() {
    const {log, logX} = this.options;
    /** @param {boolean | undefined} isLog @returns {uPlot.Range.Function} */
    const range = isLog => (_, min, max) => (
      typeof min !== 'number' || typeof max !== 'number' ? [isLog ? 0.1 : 0, 1] : roomy(min, max, !!isLog));
    /** @type {uPlot.Range.Function} */
    const exact = (_, min, max) => (typeof min !== 'number' ? [0, 1] : min === max ? roomy(min, max, !!logX) : [min, max]);
    return {
      x: {time: false, distr: logX ? 3 : 1, range: exact},
      y: {distr: log ? 3 : 1, range: range(log)},
    };
  }

  /** @param {{soft: string, faint: string}} ink @returns {uPlot.Axis[]} */
  #axes(ink) {
    const {category, xTitle, yTitle, log, logX, whole} = this.options;
    const axis = {
      stroke: ink.soft,
      font: '12px system-ui, sans-serif',
      labelFont: '12px system-ui, sans-serif',
      labelSize: 18,
      labelGap: 0,
      grid: {stroke: ink.faint, width: 1},
      ticks: {show: false},
    };
    /** @type {uPlot.Axis.Splits} */
    const logSplits = (_, __, min, max) => marksOf(min, max, true);
    const all = (/** @type {uPlot} */ _, /** @type {number[]} */ marks) => marks;
    const xText = this.options.x ?? number;
    return [
      {
        ...axis,
        label: xTitle,
        size: 26,
        gap: 4,
        space: 70,
        incrs: category ? MONTHS : whole ? WHOLE : undefined,
        ...(logX ? {splits: logSplits, filter: all} : {}),
        values: (_, marks) => marks.map(t => (category ? category(t) : xText(t))),
      },
      {
        ...axis,
        label: yTitle,
        size: (_, marks) => 12 + 7.2 * Math.max(3, ...(marks ?? []).map(m => m.length)),
        gap: 6,
        ...(log ? {splits: logSplits, filter: all} : {}),
        values: (_, marks) => marks.map(t => (t === null ? '' : tick(t))),
      },
    ];
  }

  /** @param {uPlot} u */
  #select(u) {
    const {left, width} = u.select;
    if (width < 4) {
      return;
    }
    u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
    this.onZoom([u.posToVal(left, 'x'), u.posToVal(left + width, 'x')]);
  }

  /** @param {uPlot} u */
  #tip(u) {
    const i = u.cursor.idx;
    const rows = i === null || i === undefined ? [] : this.#rows(i);
    this.tip.hidden = rows.length === 0 || !u.cursor.left || u.cursor.left < 0;
    this.#index = i ?? -1;
    if (this.tip.hidden || i === null || i === undefined) {
      return;
    }
    this.tip.replaceChildren(part('div', this.#at(i), 'soft'), ...rows.slice(0, MOST_IN_TIP).map(row => {
      const swatch = part('i', '');
      swatch.style.background = `var(--series-${row.line.color ?? 0})`;
      const own = part('div', '');
      own.append(swatch, part('span', row.name), part('b', number(row.y)));
      return own;
    }));
    const left = (u.cursor.left ?? 0) + u.over.offsetLeft;
    const room = this.element.clientWidth;
    const x = left + 16 + this.tip.offsetWidth < room ? left + 16 : left - 16 - this.tip.offsetWidth;
    this.tip.style.transform = `translate(${Math.max(0, Math.round(x))}px, 10px)`;
  }

  /** @param {number} i the index of an x */
  #at(i) {
    const x = this.#data[0][i];
    const {category, xTitle} = this.options;
    return category ? category(x) : `${xTitle} ${(this.options.x ?? number)(x)}`.trim();
  }

  /**
   * The values at an x, largest first. A line without a point there gives its last value before it.
   *
   * @param {number} i
   */
  #rows(i) {
    const rows = [];
    let column = 1;
    for (const line of this.#lines) {
      const ys = this.#data[column];
      column += line.low && line.high ? 3 : 1;
      let j = i;
      while (j > 0 && ys[j] === undefined) {
        j--;
      }
      const y = ys[j];
      if (!line.hidden && !line.faint && typeof y === 'number') {
        rows.push({line, y, name: `${line.label}${runsAt(line, this.#data[0][j])}`});
      }
    }
    return rows.sort((a, b) => b.y - a.y);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const last = this.#data[0].length - 1;
    const far = Math.max(1, Math.round(last / 10));
    /** @type {Record<string, number>} */
    const moves = {
      ArrowLeft: this.#index - 1,
      ArrowRight: this.#index + 1,
      PageDown: this.#index - far,
      PageUp: this.#index + far,
      Home: 0,
      End: last,
    };
    if (e.key === 'Escape') {
      this.leave();
      this.onZoom(null);
    } else if (this.#plot && e.key in moves && last >= 0) {
      e.preventDefault();
      const i = Math.min(last, Math.max(0, moves[e.key]));
      const u = this.#plot;
      u.setCursor({left: u.valToPos(this.#data[0][i], 'x'), top: u.over.clientHeight / 2});
      this.#index = i;
      announce(`${this.#at(i)}: ${this.#rows(i).map(r => `${r.name} ${number(r.y)}`).join(', ')}`);
    }
  }

  leave() {
    this.#plot?.setCursor({left: -10, top: -10});
    this.tip.hidden = true;
  }
}

/** @param {string} name @param {string} text @param {string} [style] */
function part(name, text, style) {
  const made = document.createElement(name);
  made.textContent = text;
  if (style) {
    made.className = style;
  }
  return made;
}

/** The number of runs behind a mean, if some runs are missing. @param {Line} line @param {number} x */
function runsAt(line, x) {
  const n = line.n?.[line.x.indexOf(x)];
  const most = Math.max(0, ...(line.n ?? []));
  return n !== undefined && n < most ? ` (${n} of ${most} runs)` : '';
}

/** @param {any[][]} a columns @param {any[][]} b columns */
function isSame(a, b) {
  return a.length === b.length && a.every((column, i) => (
    column.length === b[i].length && column.every((value, j) => Object.is(value, b[i][j]))));
}

/** @param {Line[]} lines */
function hasValues(lines) {
  return lines.some(line => line.y.some(y => y !== null && y !== undefined));
}

/** @param {(number | null | undefined)[]} ys values that a log scale cannot show become gaps */
function positive(ys) {
  return ys.map(y => (typeof y === 'number' && y <= 0 ? null : y));
}

/** Whether a line has fewer than two points, which only a dot can show. @param {uPlot} u @param {number} i */
function lonely(u, i) {
  const ys = u.data[i];
  let n = 0;
  for (let j = 0; j < ys.length && n < 2; j++) {
    n += typeof ys[j] === 'number' ? 1 : 0;
  }
  return n < 2;
}

/** Describes a chart for screen readers. @param {string} label @param {Line[]} lines */
function inWords(label, lines) {
  const parts = lines.filter(l => !l.faint && !l.hidden).slice(0, MOST_IN_TIP).map(line => {
    const last = line.y.findLast(y => y !== null && y !== undefined);
    return `${line.label} ends at ${number(last)}`;
  });
  return `Chart: ${label}. ${parts.join('; ')}. Arrow keys read the values.`;
}

/**
 * A chart of lines.
 *
 * @param {{
 *   axes: Axes,
 *   lines: Line[],
 *   sync?: string,
 *   short?: boolean,
 *   zoom?: Zoom | null,
 *   onZoom?: (zoom: Zoom | null) => void,
 * }} props sync: name of the charts that share a cursor; onZoom: null resets the zoom
 */
export function Lines({axes, lines, sync, short = false, zoom = null, onZoom}) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const tip = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {Plot | null} */ (null));
  const drawn = hasValues(lines);
  useEffect(() => {
    if (element.current && tip.current) {
      plot.current = new Plot(element.current, tip.current, {...axes, sync});
    }
    return () => plot.current?.end();
  }, []);
  useEffect(() => {
    if (plot.current) {
      plot.current.onZoom = onZoom ?? (() => {});
      plot.current.draw(lines, {...axes, sync}, zoom);
    }
  });
  return h(
    'div',
    {
      ref: element,
      class: short ? 'chart short' : 'chart',
      tabindex: 0,
      role: 'group',
      'aria-label': inWords(axes.label, lines),
      onKeyDown: (/** @type {KeyboardEvent} */ e) => plot.current?.key(e),
      onBlur: () => plot.current?.leave(),
    },
    !drawn && h('p', {class: 'empty'}, lines.some(line => line.y.length > 0) ? 'No value is finite.' : axes.empty ?? ''),
    h('div', {ref: tip, class: 'tip', hidden: true}));
}

/**
 * A legend whose entries switch their lines on and off.
 *
 * @param {{lines: Line[], onToggle: (label: string) => void}} props
 */
export function Legend({lines, onToggle}) {
  return h('ul', {class: 'legend', 'aria-label': 'Lines'}, lines.map(line => h(
    'li',
    {key: line.label},
    h(
      'button',
      {type: 'button', 'aria-pressed': String(!line.hidden), title: line.label, onClick: () => onToggle(line.label)},
      h(Swatch, {line}),
      h('span', {}, line.label)))));
}

/** A small curve without axes. @param {{values: (number | null)[]}} props */
export function Sparkline({values}) {
  const finite = values.filter(v => v !== null);
  const min = Math.min(...finite);
  const range = Math.max(...finite) - min || 1;
  const points = values.flatMap((v, i) => (
    v === null ? [] : [`${((i / Math.max(1, values.length - 1)) * 100).toFixed(2)} ${(38 - ((v - min) / range) * 36).toFixed(2)}`]));
  const line = `M${points.join('L')}`;
  return h(
    'svg',
    {class: 'spark', viewBox: '0 0 100 40', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    finite.length > 1 && h('path', {class: 'area', d: `${line}L100 40L0 40Z`}),
    finite.length > 1 && h('path', {d: line}));
}
