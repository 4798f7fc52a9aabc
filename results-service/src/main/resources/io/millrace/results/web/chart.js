// Lines over one x, drawn by uPlot: bands, a tip at the cursor, keys, both colour schemes.

import {announce, h, replace, svg} from './dom.js';
import {number, tick} from './format.js';

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {number[]} x ascending
 * @property {(number | null)[]} y null is a gap
 * @property {number} [color] by its place among the series' colours
 * @property {number} [dash] by its place among the dashes
 * @property {boolean} [faint] drawn behind, without a say in the tip
 * @property {boolean} [points] dots instead of a line
 * @property {boolean} [hidden]
 * @property {(number | null)[]} [low] the band's lower edge
 * @property {(number | null)[]} [high] its upper one
 */

export const COLORS = 7;
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

/** A line of more points than these is drawn thin. */
const DENSE = 700;
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400];
const WHOLE = Array.from({length: 10}, (_, i) => [1, 2, 5].map(n => n * 10 ** i)).flat();

/** @param {string} name a custom property @returns {string} the colour that it is now */
function color(name) {
  const probe = document.body.appendChild(h('span', {hidden: true}));
  probe.style.color = `var(${name})`;
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** @param {string} rgb @param {number} alpha */
function faded(rgb, alpha) {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** @param {number} i @returns {{color: number, dash: number}} told apart by more than colour after the first seven */
export function look(i) {
  return {color: i % COLORS, dash: Math.floor(i / COLORS) % DASHES.length};
}

/** @param {{color?: number, dash?: number, points?: boolean}} line */
export function swatch(line) {
  const stroke = `var(--series-${line.color ?? 0})`;
  const mark = line.points
    ? svg('circle', {cx: 14, cy: 6, r: 3.5})
    : svg('line', {x1: 1, y1: 6, x2: 27, y2: 6, 'stroke-dasharray': DASHES[line.dash ?? 0].join(' ') || null});
  mark.style.stroke = stroke;
  mark.style.fill = line.points ? stroke : 'none';
  mark.style.strokeWidth = '2.5';
  return svg('svg', {class: 'swatch', viewBox: '0 0 28 12', 'aria-hidden': 'true'}, mark);
}

/**
 * Several x made one.
 *
 * @param {Line[]} lines
 * @returns {any[]} as uPlot wants it: x, then the columns; undefined where a line has no such x
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

/** A chart in its place on the page. */
export class Chart {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {Line[]} */
  #lines = [];
  /** @type {any[]} */
  #data = [[]];
  #built = '';
  #log = false;
  #index = -1;

  /**
   * @param {object} options
   * @param {string} options.label what it shows
   * @param {string} [options.empty] said while there is nothing to draw
   * @param {(x: number) => string} [options.x] how x is written
   * @param {() => boolean} [options.whole] whether x counts something
   * @param {(i: number) => string} [options.category] names for the x, where they are no numbers
   * @param {string} [options.sync] charts that share a cursor
   * @param {boolean} [options.short]
   * @param {(min: number | null, max: number | null) => void} [options.onZoom] nulls: all of it again
   */
  constructor(options) {
    this.options = options;
    this.x = options.x ?? (value => number(value));
    this.empty = h('p', {class: 'empty'}, options.empty ?? '');
    this.tip = h('div', {class: 'tip', hidden: true});
    this.element = h(
      'div',
      {
        class: options.short ? 'chart short' : 'chart',
        tabindex: 0,
        role: 'group',
        'aria-label': options.label,
        onkeydown: (/** @type {KeyboardEvent} */ e) => this.#key(e),
        onblur: () => this.#leave(),
      },
      this.empty,
      this.tip);
    new ResizeObserver(() => this.#resize()).observe(this.element);
    addEventListener('themechange', () => requestAnimationFrame(() => this.#rebuild()));
  }

  /** @param {boolean} log whether y is logarithmic */
  set log(log) {
    this.#log = log;
    this.#built = '';
    this.draw(this.#lines);
  }

  /** @param {Line[]} lines */
  draw(lines) {
    this.#lines = lines;
    this.#data = aligned(lines);
    if (this.#log) {
      this.#data = [this.#data[0], ...this.#data.slice(1).map(positive)];
    }
    const drawn = lines.some(line => line.y.some(y => y !== null));
    this.empty.hidden = drawn;
    this.empty.textContent = lines.some(line => line.y.length > 0) ? 'No value is finite.' : this.options.empty ?? '';
    if (!drawn && !this.#plot) {
      return;
    }
    // What uPlot is built for; other numbers alone are cheaper.
    const shape = JSON.stringify([this.#log, lines.map(l => [l.label, l.color, l.dash, l.faint, l.points, !!l.low, !!l.hidden])]);
    if (this.#plot && shape === this.#built) {
      this.#plot.setData(/** @type {any} */ (this.#data), this.#zoomed() ? false : true);
      if (this.#zoomed()) {
        this.#plot.redraw();
      }
    } else {
      this.#built = shape;
      this.#rebuild();
    }
    this.#describe();
  }

  #zoomed() {
    const x = this.#plot?.scales.x;
    const all = this.#data[0];
    return this.zoom !== undefined && x?.min !== undefined && all.length > 0;
  }

  /** @type {[number, number] | undefined} the part of x that the reader has chosen */
  zoom = undefined;

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
    const axis = {
      stroke: ink.soft,
      font: '12px system-ui, sans-serif',
      grid: {stroke: ink.faint, width: 1},
      ticks: {show: false},
    };
    const {category} = this.options;
    this.#plot = new uPlot(
      {
        ...this.#size(),
        padding: [10, 18, 0, 0],
        legend: {show: false},
        scales: {x: {time: false}, y: {distr: this.#log ? 3 : 1}},
        series,
        bands,
        axes: [
          {
            ...axis,
            size: 26,
            gap: 4,
            space: 70,
            incrs: category ? MONTHS : this.options.whole?.() ? WHOLE : undefined,
            values: (_, ticks) => ticks.map(t => (category ? category(t) : this.x(t))),
          },
          {...axis, size: (_, marks) => 12 + 7.2 * Math.max(3, ...(marks ?? []).map(m => m.length)), gap: 6, values: (_, ticks) => ticks.map(t => (t === null ? '' : tick(t)))},
        ],
        cursor: {
          x: true,
          y: false,
          drag: {x: true, y: false, dist: 8},
          points: {size: 8},
          sync: this.options.sync ? {key: this.options.sync, setSeries: false} : undefined,
          bind: {dblclick: () => () => this.#unzoom()},
        },
        hooks: {
          setCursor: [u => this.#tip(u)],
          setSelect: [u => this.#select(u)],
        },
      },
      /** @type {any} */ (this.#data),
      this.element);
    if (this.zoom) {
      this.#plot.setScale('x', {min: this.zoom[0], max: this.zoom[1]});
    }
    this.#plot.over.addEventListener('mouseleave', () => { this.tip.hidden = true; });
  }

  /** @param {uPlot} u */
  #select(u) {
    if (u.select.width < 4) {
      return;
    }
    this.zoom = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')];
    this.options.onZoom?.(...this.zoom);
  }

  #unzoom() {
    this.zoom = undefined;
    this.options.onZoom?.(null, null);
    this.#plot?.setData(/** @type {any} */ (this.#data), true);
    return null;
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
    replace(
      this.tip,
      h('div', {class: 'soft'}, this.#at(i)),
      rows.slice(0, 12).map(row => h(
        'div', {}, swatch(row.line), h('span', {}, row.line.label), h('b', {}, number(row.y)))));
    const left = (u.cursor.left ?? 0) + u.over.offsetLeft;
    const room = this.element.clientWidth;
    const x = left + 16 + this.tip.offsetWidth < room ? left + 16 : left - 16 - this.tip.offsetWidth;
    this.tip.style.transform = `translate(${Math.max(0, Math.round(x))}px, 10px)`;
  }

  /** @param {number} i the index of an x */
  #at(i) {
    const x = this.#data[0][i];
    return this.options.category ? this.options.category(x) : `${this.options.label.split(' by ')[1] ?? ''} ${this.x(x)}`.trim();
  }

  /**
   * The values at an x, largest first; of a line that has none there, the nearest before it.
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
        rows.push({line, y});
      }
    }
    return rows.sort((a, b) => b.y - a.y);
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
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
      this.#leave();
      this.#unzoom();
    } else if (this.#plot && e.key in moves && last >= 0) {
      e.preventDefault();
      const i = Math.min(last, Math.max(0, moves[e.key]));
      const u = this.#plot;
      u.setCursor({left: u.valToPos(this.#data[0][i], 'x'), top: u.over.clientHeight / 2});
      this.#index = i;
      announce(`${this.#at(i)}: ${this.#rows(i).map(r => `${r.line.label} ${number(r.y)}`).join(', ')}`);
    }
  }

  #leave() {
    this.#plot?.setCursor({left: -10, top: -10});
    this.tip.hidden = true;
  }

  /** Says in words what is drawn, for those who do not see it. */
  #describe() {
    const said = this.#lines.filter(l => !l.faint && !l.hidden).slice(0, 12).map(line => {
      const last = line.y.findLast(y => y !== null && y !== undefined);
      return `${line.label} ends at ${number(last)}`;
    });
    this.element.setAttribute('aria-label', `Chart: ${this.options.label}. ${said.join('; ')}. Arrow keys read it.`);
  }
}

/** @param {(number | null | undefined)[]} ys what a logarithm has no value for is a gap */
function positive(ys) {
  return ys.map(y => (typeof y === 'number' && y <= 0 ? null : y));
}

/** Whether a line is so short that only dots show it. @param {uPlot} u @param {number} i */
function lonely(u, i) {
  return Array.from(u.data[i]).filter(y => typeof y === 'number').length < 2;
}

/**
 * A legend whose entries switch their lines on and off.
 *
 * @param {Line[]} lines
 * @param {(label: string) => void} onToggle
 */
export function legend(lines, onToggle) {
  return h('ul', {class: 'legend', 'aria-label': 'Lines'}, lines.map(line => h(
    'li',
    {},
    h(
      'button',
      {type: 'button', 'aria-pressed': String(!line.hidden), title: line.label, onclick: () => onToggle(line.label)},
      swatch(line),
      h('span', {}, line.label)))));
}

/**
 * A curve as small as a word.
 *
 * @param {(number | null)[]} values
 */
export function sparkline(values) {
  const finite = values.filter(v => v !== null);
  const min = Math.min(...finite);
  const range = Math.max(...finite) - min || 1;
  const points = values.flatMap((v, i) => (
    v === null ? [] : [`${((i / Math.max(1, values.length - 1)) * 100).toFixed(2)} ${(38 - ((v - min) / range) * 36).toFixed(2)}`]));
  const line = `M${points.join('L')}`;
  return svg(
    'svg',
    {class: 'spark', viewBox: '0 0 100 40', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    finite.length > 1 && svg('path', {class: 'area', d: `${line}L100 40L0 40Z`}),
    finite.length > 1 && svg('path', {d: line}));
}
