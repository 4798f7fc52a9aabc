// The options of an augmentation: the control of each field. Ranges, defaults and choices come from the schema.

/**
 * @typedef {object} Option a field and its control
 * @property {'number' | 'pair' | 'flag' | 'choice' | 'json' | 'transforms'} kind
 * @property {string} name
 * @property {number} [min] start of the slider; default: the smallest number of the schema
 * @property {number} [max] end of the slider; default: the largest number of the schema. The box takes all of them
 * @property {number} [step]
 * @property {any} [default] default: that of the schema
 * @property {any} [neutral] a value that changes nothing
 * @property {any} [initial] the value in a new transform; the field is required
 * @property {string[]} [values] default: those of the schema
 * @property {boolean} [optional] whether the field may be left empty
 * @property {string} [example]
 * @property {string} [title]
 */

/** @typedef {{title: string, closed?: boolean, hint?: string, fields: Option[]}} Group */
/** @typedef {'images' | 'series'} Kind */

/** @type {(name: string, step: number, more?: Partial<Option>) => Option} */
const number = (name, step, more) => ({kind: 'number', name, step, ...more});
/** @type {(name: string, step: number, more?: Partial<Option>) => Option} */
const pair = (name, step, more) => ({kind: 'pair', name, step, ...more});
/** @type {(name: string, more?: Partial<Option>) => Option} */
const flag = (name, more) => ({kind: 'flag', name, ...more});
/** @type {(name: string, more?: Partial<Option>) => Option} */
const choice = (name, more) => ({kind: 'choice', name, ...more});

const JSON_SHIFT = 'A fraction of the size, or pixels as an integer or a list.';
const JSON_ANGLE = 'Degrees, or [lower, upper] in the box.';
const JSON_ZOOM = 'A number, or [lower, upper] in the box.';
/** @param {string} name */
const shift = name => number(name, 0.01, {max: 0.99, title: JSON_SHIFT});
const probability = () => number('p', 0.05);
/** @param {string} name */
const crop = name => number(name, 1, {max: 512, initial: 20, title: 'Pixels.'});

/** Options of the preview sheet. They are not part of a training request. @type {Option[]} */
export const SHOWN = [
  number('samples', 1, {min: 1, max: 8, default: 4, title: 'A number of samples, or a list of indices.'}),
  number('variants', 1, {min: 1, max: 16, default: 6}),
  number('epoch', 1, {min: 0, max: 100, default: 0, title: 'Epoch of the first variant.'}),
];

/** Fields of an image data set. @type {Option[]} */
export const DATASET = [
  {
    kind: 'json',
    name: 'image_size',
    example: '[150, 150]',
    title: '[height, width]; by default the size of the first image.',
  },
  choice('color_mode', {default: '', optional: true, example: 'like the first image'}),
];

/** The fields of Keras' ImageDataGenerator. @type {Group[]} */
export const KERAS = [
  {
    title: 'Geometry',
    fields: [
      number('rotation_range', 1, {title: 'Degrees.'}),
      shift('width_shift_range'),
      shift('height_shift_range'),
      number('shear_range', 1, {title: 'Degrees.'}),
      number('zoom_range', 0.01, {title: JSON_ZOOM}),
      flag('horizontal_flip'),
      flag('vertical_flip'),
      choice('fill_mode'),
      number('cval', 1, {title: 'Fill value for fill_mode constant.'}),
      number('interpolation_order', 1, {title: '0: nearest, 1: bilinear.'}),
    ],
  },
  {
    title: 'Colour',
    fields: [
      pair('brightness_range', 0.05, {max: 2, neutral: [1, 1], example: 'none', title: 'Factors.'}),
      number('channel_shift_range', 1),
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
  rotation: [number('range', 1, {initial: 20, title: JSON_ANGLE}), probability()],
  shift: [shift('width'), shift('height'), probability()],
  shear: [number('range', 1, {initial: 15, title: 'Degrees.'}), probability()],
  zoom: [
    number('range', 0.01, {initial: 0.2, title: JSON_ZOOM}),
    {kind: 'json', name: 'width_range', example: '[0.9, 1.1]', title: 'Zoom of the columns; by default the zoom of the rows.'},
    flag('keep_aspect_ratio', {title: 'One zoom factor for rows and columns.'}),
    probability(),
  ],
  horizontal_flip: [probability()],
  vertical_flip: [probability()],
  random_crop: [crop('height'), crop('width'), probability()],
  random_resized_crop: [
    pair('scale', 0.01),
    pair('ratio', 0.05),
    probability(),
  ],
  center_crop: [crop('height'), crop('width'), probability()],
  perspective: [number('distortion', 0.01), probability()],
  elastic: [
    number('alpha', 0.5, {title: 'Pixels.'}),
    number('sigma', 1, {max: 200, title: 'Pixels.'}),
    probability(),
  ],
  brightness: [pair('range', 0.05, {max: 2, initial: [0.6, 1.4]}), probability()],
  brightness_shift: [
    pair('range', 0.05, {initial: [-0.2, 0.2], title: 'Fractions of 255.'}),
    probability(),
  ],
  contrast: [pair('range', 0.05, {max: 2, initial: [0.7, 1.3]}), probability()],
  channel_shift: [number('range', 1, {initial: 40}), probability()],
  color_jitter: [
    number('brightness', 0.01),
    number('contrast', 0.01),
    number('saturation', 0.01),
    number('hue', 0.01),
    number('value', 0.01),
    probability(),
  ],
  grayscale: [probability()],
  gaussian_blur: [
    number('kernel_size', 2),
    pair('sigma', 0.1),
    probability(),
  ],
  gaussian_noise: [number('stddev', 1), probability()],
  salt_and_pepper: [number('amount', 0.01), probability()],
  cutout: [
    pair('scale', 0.01),
    pair('ratio', 0.05),
    number('value', 1),
    probability(),
  ],
  one_of: [LIST, probability()],
  sequence: [LIST, probability()],
  rand_augment: [number('n', 1), number('m', 1), probability()],
  window_slicing: [number('ratio', 0.05), probability()],
  jitter: [number('sigma', 0.01, {max: 1}), probability()],
  scaling: [number('sigma', 0.01, {max: 1}), probability()],
  magnitude_warping: [
    number('sigma', 0.01, {max: 1}),
    number('knots', 1, {max: 16}),
    probability(),
  ],
  time_warping: [
    number('sigma', 0.01, {max: 1}),
    number('knots', 1, {max: 16}),
    probability(),
  ],
  mixup: [number('alpha', 0.01, {max: 10}), probability()],
  cutmix: [number('alpha', 0.01, {max: 10}), probability()],
};

/**
 * Gives each field the range, the default and the choices of the schema, unless the field has its own.
 *
 * @param {{$defs: Record<string, any>}} schema the schema of training requests
 */
export function applySchema({$defs}) {
  /** @param {Option[]} options @param {{properties: Record<string, any>}} definition */
  const complete = (options, {properties}) => {
    for (const option of options) {
      const property = properties[option.name];
      if (option.kind !== 'json' && option.kind !== 'transforms') {
        const numbers = property.oneOf?.[0] ?? property.items ?? property;
        option.min ??= numbers.minimum ?? numbers.exclusiveMinimum;
        option.max ??= numbers.maximum ?? numbers.exclusiveMaximum;
        option.default ??= property.default;
        option.values ??= $defs[property.$ref?.split('/').pop()]?.enum;
      }
    }
  };
  complete(DATASET, $defs.Images);
  complete(KERAS.flatMap(group => group.fields), $defs.Augmentation);
  for (const [type, options] of Object.entries(TRANSFORMS)) {
    complete(options, Object.values($defs).find(definition => definition.properties?.type?.const === type));
  }
}

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
