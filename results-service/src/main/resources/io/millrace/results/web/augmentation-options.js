// The options of an augmentation: names, ranges and defaults, as in the contracts module.

/**
 * @typedef {object} Option a field and its control
 * @property {'number' | 'pair' | 'flag' | 'choice' | 'json' | 'transforms'} kind
 * @property {string} name
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {any} [default]
 * @property {any} [neutral] a value that changes nothing
 * @property {any} [initial] the value in a new transform; the field is required
 * @property {string[]} [values]
 * @property {boolean} [optional] whether the field may be left empty
 * @property {string} [example]
 * @property {string} [title]
 */

/** @typedef {{title: string, closed?: boolean, hint?: string, fields: Option[]}} Group */
/** @typedef {'images' | 'series'} Kind */

/** @type {(name: string, min: number, max: number, step: number, otherwise?: number, more?: Partial<Option>) => Option} */
const number = (name, min, max, step, otherwise, more) =>
  ({kind: 'number', name, min, max, step, default: otherwise, ...more});
/** @type {(name: string, min: number, max: number, step: number, otherwise?: number[], more?: Partial<Option>) => Option} */
const pair = (name, min, max, step, otherwise, more) =>
  ({kind: 'pair', name, min, max, step, default: otherwise, ...more});
/** @type {(name: string, more?: Partial<Option>) => Option} */
const flag = (name, more) => ({kind: 'flag', name, default: false, ...more});
/** @type {(name: string, values: string[], otherwise?: string, more?: Partial<Option>) => Option} */
const choice = (name, values, otherwise, more) =>
  ({kind: 'choice', name, values, default: otherwise, ...more});

const JSON_SHIFT = 'A fraction of the size, or pixels as an integer or a list.';
const JSON_ANGLE = 'Degrees, or [lower, upper] in the box.';
const JSON_ZOOM = 'A number, or [lower, upper] in the box.';
/** @param {string} name */
const shift = name => number(name, 0, 0.99, 0.01, 0, {title: JSON_SHIFT});
const probability = (otherwise = 1) => number('p', 0, 1, 0.05, otherwise);
/** @param {string} name */
const crop = name => number(name, 1, 512, 1, undefined, {initial: 20, title: 'Pixels.'});

/** Options of the preview sheet. They are not part of a training request. @type {Option[]} */
export const SHOWN = [
  number('samples', 1, 8, 1, 4, {title: 'A number of samples, or a list of indices.'}),
  number('variants', 1, 16, 1, 6),
  number('epoch', 0, 100, 1, 0, {title: 'Epoch of the first variant.'}),
];

/** Fields of an image data set. @type {Option[]} */
export const DATASET = [
  {
    kind: 'json',
    name: 'image_size',
    example: '[150, 150]',
    title: '[height, width]; by default the size of the first image.',
  },
  choice('color_mode', ['rgb', 'grayscale'], '', {optional: true, example: 'like the first image'}),
];

/** The fields of Keras' ImageDataGenerator. @type {Group[]} */
export const KERAS = [
  {
    title: 'Geometry',
    fields: [
      number('rotation_range', 0, 180, 1, 0, {title: 'Degrees.'}),
      shift('width_shift_range'),
      shift('height_shift_range'),
      number('shear_range', 0, 89, 1, 0, {title: 'Degrees.'}),
      number('zoom_range', 0, 0.99, 0.01, 0, {title: JSON_ZOOM}),
      flag('horizontal_flip'),
      flag('vertical_flip'),
      choice('fill_mode', ['constant', 'nearest', 'reflect', 'wrap'], 'nearest'),
      number('cval', 0, 255, 1, 0, {title: 'Fill value for fill_mode constant.'}),
      number('interpolation_order', 0, 1, 1, 1, {title: '0: nearest, 1: bilinear.'}),
    ],
  },
  {
    title: 'Colour',
    fields: [
      pair('brightness_range', 0, 2, 0.05, undefined, {neutral: [1, 1], example: 'none', title: 'Factors.'}),
      number('channel_shift_range', 0, 255, 1, 0),
    ],
  },
  {
    title: 'Rescaling and standardization',
    closed: true,
    hint: 'These apply to training, validation and test data alike. The preview does not show them.',
    fields: [
      {
        kind: 'json',
        name: 'rescale',
        example: '0.00392…',
        title: 'A factor for every value; by default 1/255.',
      },
      flag('samplewise_center'),
      flag('samplewise_std_normalization'),
      flag('featurewise_center'),
      flag('featurewise_std_normalization'),
      flag('zca_whitening'),
      {kind: 'json', name: 'zca_epsilon', example: '1e-6', title: 'By default 1e-6.'},
    ],
  },
];

/** @type {Option} */
const LIST = {kind: 'transforms', name: 'transforms'};

/** The fields of each transform type. @type {Record<string, Option[]>} */
export const TRANSFORMS = {
  rotation: [number('range', 0, 180, 1, undefined, {initial: 20, title: JSON_ANGLE}), probability()],
  shift: [shift('width'), shift('height'), probability()],
  shear: [number('range', 0, 89, 1, undefined, {initial: 15, title: 'Degrees.'}), probability()],
  zoom: [
    number('range', 0, 0.99, 0.01, undefined, {initial: 0.2, title: JSON_ZOOM}),
    {kind: 'json', name: 'width_range', example: '[0.9, 1.1]', title: 'Zoom of the columns; by default the zoom of the rows.'},
    flag('keep_aspect_ratio', {title: 'One zoom factor for rows and columns.'}),
    probability(),
  ],
  horizontal_flip: [probability(0.5)],
  vertical_flip: [probability(0.5)],
  random_crop: [crop('height'), crop('width'), probability()],
  random_resized_crop: [
    pair('scale', 0.01, 1, 0.01, [0.08, 1]),
    pair('ratio', 0.1, 10, 0.05, [0.75, 4 / 3]),
    probability(),
  ],
  center_crop: [crop('height'), crop('width'), probability()],
  perspective: [number('distortion', 0, 0.9, 0.01, 0.5), probability()],
  elastic: [
    number('alpha', 0, 100, 0.5, 3, {title: 'Pixels.'}),
    number('sigma', 2, 200, 1, 16, {title: 'Pixels.'}),
    probability(),
  ],
  brightness: [pair('range', 0, 2, 0.05, undefined, {initial: [0.6, 1.4]}), probability()],
  brightness_shift: [
    pair('range', -1, 1, 0.05, undefined, {initial: [-0.2, 0.2], title: 'Fractions of 255.'}),
    probability(),
  ],
  contrast: [pair('range', 0, 2, 0.05, undefined, {initial: [0.7, 1.3]}), probability()],
  channel_shift: [number('range', 0, 255, 1, undefined, {initial: 40}), probability()],
  color_jitter: [
    number('brightness', 0, 1, 0.01, 0),
    number('contrast', 0, 1, 0.01, 0),
    number('saturation', 0, 1, 0.01, 0),
    number('hue', 0, 0.5, 0.01, 0),
    number('value', 0, 1, 0.01, 0),
    probability(),
  ],
  grayscale: [probability()],
  gaussian_blur: [
    number('kernel_size', 3, 31, 2, 3),
    pair('sigma', 0.1, 10, 0.1, [0.1, 2]),
    probability(),
  ],
  gaussian_noise: [number('stddev', 0, 255, 1, 10), probability()],
  salt_and_pepper: [number('amount', 0, 1, 0.01, 0.02), probability()],
  cutout: [
    pair('scale', 0, 1, 0.01, [0.02, 0.33]),
    pair('ratio', 0.1, 10, 0.05, [0.3, 3.3]),
    number('value', 0, 255, 1, 0),
    probability(),
  ],
  one_of: [LIST, probability()],
  sequence: [LIST, probability()],
  rand_augment: [number('n', 0, 10, 1, 2), number('m', 0, 30, 1, 9), probability()],
  window_slicing: [number('ratio', 0.1, 1, 0.05, 0.9), probability()],
  jitter: [number('sigma', 0, 1, 0.01, 0.03), probability()],
  scaling: [number('sigma', 0, 1, 0.01, 0.1), probability()],
  magnitude_warping: [
    number('sigma', 0, 1, 0.01, 0.2),
    number('knots', 1, 16, 1, 4),
    probability(),
  ],
  time_warping: [
    number('sigma', 0, 1, 0.01, 0.2),
    number('knots', 1, 16, 1, 4),
    probability(),
  ],
  mixup: [number('alpha', 0.01, 10, 0.01, 0.2), probability()],
  cutmix: [number('alpha', 0.01, 10, 0.01, 1), probability()],
};

/** Transforms of series windows. All others are for images, except the containers in FOR_BOTH. */
const FOR_SERIES = ['window_slicing', 'jitter', 'scaling', 'magnitude_warping', 'time_warping'];
const FOR_BOTH = ['one_of', 'sequence'];

/** Transforms that mix the samples of a batch. Only the outermost list may have them. */
const FOR_BATCHES = ['mixup', 'cutmix'];

/** The transforms that may be added to a list. @param {Kind} kind @param {boolean} outermost @returns {string[]} */
export function typesFor(kind, outermost) {
  return Object.keys(TRANSFORMS).filter(type =>
    (FOR_BOTH.includes(type) || FOR_SERIES.includes(type) === (kind === 'series'))
    && (outermost || !FOR_BATCHES.includes(type)));
}

/** A new transform with its initial values. @param {string} type @param {Kind} kind @returns {Record<string, any>} */
export function added(type, kind) {
  /** @type {Record<string, any>} */
  const transform = {type};
  for (const field of TRANSFORMS[type]) {
    if (field.initial !== undefined) {
      transform[field.name] = field.initial;
    } else if (field.kind === 'transforms') {
      transform[field.name] = [added(kind === 'series' ? 'jitter' : 'rotation', kind)];
    }
  }
  return transform;
}

/** The initial augmentation of the preview page. @param {Kind} kind @returns {Record<string, any>} */
export function toBegin(kind) {
  return kind === 'series'
    ? {transforms: [{type: 'jitter'}, {type: 'time_warping'}]}
    : {rotation_range: 15, width_shift_range: 0.1, height_shift_range: 0.1, horizontal_flip: true};
}
