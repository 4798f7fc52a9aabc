// The options of an augmentation, as the contracts have them: names, ranges and defaults.

const number = (name, min, max, step, otherwise, more) =>
  ({kind: 'number', name, min, max, step, default: otherwise, ...more});
const pair = (name, min, max, step, otherwise, more) =>
  ({kind: 'pair', name, min, max, step, default: otherwise, ...more});
const flag = (name, more) => ({kind: 'flag', name, default: false, ...more});
const choice = (name, values, otherwise, more) =>
  ({kind: 'choice', name, values, default: otherwise, ...more});

const JSON_SHIFT = 'A fraction of the size; in the box also pixels, as an integer or a list.';
const JSON_ANGLE = 'Degrees, or [lower, upper] in the box.';
const JSON_ZOOM = 'A number, or [lower, upper] in the box.';
const shift = name => number(name, 0, 0.99, 0.01, 0, {title: JSON_SHIFT});
const probability = (otherwise = 1) => number('p', 0, 1, 0.05, otherwise);
const crop = name => number(name, 1, 512, 1, undefined, {initial: 20, title: 'Pixels.'});

/** What is shown, of the preview alone. */
export const SHOWN = [
  number('samples', 1, 8, 1, 4, {title: 'How many, or a list of indices in the box.'}),
  number('variants', 1, 16, 1, 6),
  number('epoch', 0, 100, 1, 0, {title: 'Of the first variant.'}),
];

/** Of a data set of images. */
export const DATASET = [
  {
    kind: 'json',
    name: 'image_size',
    example: '[150, 150]',
    title: '[height, width]; by default that of the first image.',
  },
  choice('color_mode', ['rgb', 'grayscale'], '', {optional: true}),
];

/** Keras' fields. */
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
      number('cval', 0, 255, 1, 0, {title: 'The value of fill_mode constant.'}),
      number('interpolation_order', 0, 1, 1, 1, {title: '0 nearest, 1 bilinear.'}),
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
    hint: 'They change every part and all numbers alike, and are not in the picture.',
    fields: [
      {
        kind: 'json',
        name: 'rescale',
        example: '0.00392…',
        title: 'Every value times this; by default 1/255.',
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

const LIST = {kind: 'transforms', name: 'transforms'};

/** The transforms of a list; `batch` ones mix a batch and stand outermost. */
export const TRANSFORMS = {
  rotation: [number('range', 0, 180, 1, undefined, {initial: 20, title: JSON_ANGLE}), probability()],
  shift: [shift('width'), shift('height'), probability()],
  shear: [number('range', 0, 89, 1, undefined, {initial: 15, title: 'Degrees.'}), probability()],
  zoom: [
    number('range', 0, 0.99, 0.01, undefined, {initial: 0.2, title: JSON_ZOOM}),
    {kind: 'json', name: 'width_range', example: '[0.9, 1.1]', title: 'Of the columns; by default that of the rows.'},
    flag('keep_aspect_ratio', {title: 'Rows and columns by one factor.'}),
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
    pair('range', -1, 1, 0.05, undefined, {initial: [-0.2, 0.2], title: 'Shares of 255.'}),
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

/** Those of windows of a series; all others are of images, but for those that hold others. */
export const FOR_SERIES = ['window_slicing', 'jitter', 'scaling', 'magnitude_warping', 'time_warping'];
export const FOR_BOTH = ['one_of', 'sequence'];

/** Those that mix a batch stand outermost. */
export const FOR_BATCHES = ['mixup', 'cutmix'];

/** A transform as it is added. */
export function added(type) {
  const transform = {type};
  for (const field of TRANSFORMS[type]) {
    if (field.initial !== undefined) {
      transform[field.name] = field.initial;
    } else if (field.kind === 'transforms') {
      transform[field.name] = [added('rotation')];
    }
  }
  return transform;
}
