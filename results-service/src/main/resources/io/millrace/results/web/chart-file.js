// Downloads of charts as SVG and PNG.

import {DASHES} from './chart.js';
import {number, tick} from './format.js';
import {marksOf, roomy, scaleOf} from './scales.js';
import {h, save} from './ui.js';

/** @typedef {import('./chart.js').Line} Line */
/** @typedef {import('./chart.js').Axes} Axes */
/** @typedef {import('./chart.js').Zoom} Zoom */
/** @typedef {{title: string, axes: Axes, lines: Line[], zoom: Zoom | null, name: string}} Picture */

const WIDTH = 760;
const HEIGHT = 380;
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** The series colours of the light scheme, because files are often printed. */
const COLORS = ['#0072b2', '#d55e00', '#00875f', '#b8558f', '#b87700', '#3394c9', '#4a4f57'];
const PNG_SCALE = 2;

/** @param {string | number} text */
function escaped(text) {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/**
 * Draws a chart as SVG.
 *
 * @param {Picture} picture
 * @returns {string}
 */
export function chartSvg({title, axes, lines, zoom}) {
  const shown = lines.filter(line => !line.hidden);
  /** @param {number} x */
  const within = x => !zoom || (x >= zoom[0] && x <= zoom[1]);
  const xs = shown.flatMap(line => line.x.filter(within));
  const ys = shown.flatMap(line => [line.y, line.low ?? [], line.high ?? []].flatMap(values => (
    values.filter((y, i) => typeof y === 'number' && within(line.x[i])))));
  const y = scaleOf(/** @type {number[]} */ (ys), {log: axes.log});
  const [left, right] = zoom ?? (xs.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [0, 1]);
  const [xMin, xMax] = left === right ? roomy(left, right, !!axes.logX) : [left, right];
  const legend = shown.filter(line => !line.faint);
  const box = {left: 70, top: 34, right: WIDTH - 18, bottom: HEIGHT - 56 - 18 * Math.ceil(legend.length / 4)};
  /** @param {number} value */
  const place = value => (axes.logX ? Math.log10(value) : value);
  /** @param {number} value */
  const atX = value => (box.left + ((place(value) - place(xMin)) / (place(xMax) - place(xMin))) * (box.right - box.left)).toFixed(1);
  /** @param {number} value */
  const atY = value => (box.bottom - y.at(value) * (box.bottom - box.top)).toFixed(1);
  const xText = axes.category ?? axes.x ?? number;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(axes.label)}" ${FONT}>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${box.left}" y="20" font-size="14" font-weight="600" fill="#1b1f24">${escaped(title)}</text>`,
  ];
  for (const mark of y.marks) {
    out.push(
      `<path d="M${box.left} ${atY(mark)}H${box.right}" stroke="#e4e7ec"/>`,
      `<text x="${box.left - 6}" y="${Number(atY(mark)) + 4}" text-anchor="end" fill="#5a6470">${escaped(tick(mark))}</text>`);
  }
  for (const mark of marksOf(xMin, xMax, !!axes.logX, !!axes.whole || !!axes.category)) {
    out.push(`<text x="${atX(mark)}" y="${box.bottom + 16}" text-anchor="middle" fill="#5a6470">${escaped(xText(mark))}</text>`);
  }
  out.push(
    `<text x="${(box.left + box.right) / 2}" y="${box.bottom + 32}" text-anchor="middle" fill="#5a6470">${escaped(axes.xTitle)}</text>`,
    `<text transform="translate(14 ${(box.top + box.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#5a6470">${escaped(axes.yTitle)}</text>`,
    `<clipPath id="within"><rect x="${box.left}" y="${box.top - 4}" width="${box.right - box.left}" height="${box.bottom - box.top + 8}"/></clipPath>`,
    '<g clip-path="url(#within)">');
  for (const line of shown) {
    const stroke = COLORS[line.color ?? 0];
    if (line.low && line.high) {
      const {low, high} = line;
      const known = line.x.map((_, i) => i).filter(i => isDrawn(low[i], axes) && isDrawn(high[i], axes));
      const upper = known.map(i => `${atX(line.x[i])} ${atY(Number(high[i]))}`);
      const lower = known.reverse().map(i => `${atX(line.x[i])} ${atY(Number(low[i]))}`);
      out.push(`<path d="M${[...upper, ...lower].join('L')}Z" fill="${stroke}" fill-opacity="0.16"/>`);
    }
    const points = line.x.map((x, i) => (isDrawn(line.y[i], axes) ? `${atX(x)} ${atY(Number(line.y[i]))}` : null));
    if (line.points || points.filter(Boolean).length < 2) {
      out.push(...points.filter(Boolean).map(p => `<circle cx="${p?.split(' ')[0]}" cy="${p?.split(' ')[1]}" r="3.5" fill="${stroke}"/>`));
    } else {
      const d = points.map((p, i) => (p ? `${i > 0 && points[i - 1] ? 'L' : 'M'}${p}` : '')).join('');
      out.push(`<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${line.faint ? 1 : 2}" stroke-opacity="${line.faint ? 0.3 : 1}" stroke-dasharray="${DASHES[line.dash ?? 0].join(' ')}" stroke-linejoin="round"/>`);
    }
  }
  out.push('</g>');
  legend.forEach((line, i) => {
    const x = box.left + (i % 4) * 168;
    const at = box.bottom + 52 + 18 * Math.floor(i / 4);
    const name = line.label.length > 22 ? `${line.label.slice(0, 21)}…` : line.label;
    out.push(
      `<path d="M${x} ${at}h22" stroke="${COLORS[line.color ?? 0]}" stroke-width="2.5" stroke-dasharray="${DASHES[line.dash ?? 0].join(' ')}"/>`,
      `<text x="${x + 28}" y="${at + 4}" fill="#1b1f24">${escaped(name)}</text>`);
  });
  out.push('</svg>');
  return out.join('');
}

/** @param {number | null | undefined} value @param {Axes} axes */
function isDrawn(value, axes) {
  return typeof value === 'number' && (!axes.log || value > 0);
}

/** @param {string} name @returns {string} a name that is valid on every file system */
function fileName(name) {
  return name.replace(/[^\w.-]+/g, '-').slice(0, 120);
}

/** @param {string} svg @returns {Promise<Blob>} */
async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * PNG_SCALE;
  canvas.height = image.naturalHeight * PNG_SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('The browser cannot encode the chart as PNG.'))), 'image/png');
  });
}

/** Buttons that save a chart. @param {Picture} picture */
export function chartFiles(picture) {
  return pictureFiles(picture.name, picture.title, () => chartSvg(picture));
}

/** Buttons that save a drawing. @param {string} name @param {string} title @param {() => string} svg */
export function pictureFiles(name, title, svg) {
  return [
    h('button', {
      type: 'button', class: 'link', 'aria-label': `${title} as SVG`,
      onClick: () => save(`${fileName(name)}.svg`, new Blob([svg()], {type: 'image/svg+xml'})),
    }, 'SVG'),
    ' · ',
    h('button', {
      type: 'button', class: 'link', 'aria-label': `${title} as PNG`,
      onClick: async () => save(`${fileName(name)}.png`, await png(svg())),
    }, 'PNG'),
  ];
}

/**
 * Turns an SVG element of the page into a file of its own, in its current colours.
 *
 * @param {SVGElement} element
 * @returns {string}
 */
export function standalone(element) {
  const styles = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(document.createElement('span'));
  const text = element.outerHTML.replace(/var\((--[\w-]+)\)/g, (_, name) => {
    probe.style.color = styles.getPropertyValue(name);
    return getComputedStyle(probe).color;
  });
  probe.style.color = 'var(--card)';
  const ground = getComputedStyle(probe).color;
  probe.remove();
  const [, , width, height] = (element.getAttribute('viewBox') ?? '0 0 760 380').split(' ');
  return text
    .replace(/^<svg/, `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif"`)
    .replace(/>/, `><rect width="${width}" height="${height}" fill="${ground}"/>`);
}
