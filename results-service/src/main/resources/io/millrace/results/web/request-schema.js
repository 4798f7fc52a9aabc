// What the schema of a request says of a field: what it means, its range, what it may have in it.

/** @typedef {import('./json-text.js').Path} Path */
/** @typedef {{[keyword: string]: any}} Schema */

/** What stands beside the fields of a request in one that makes several runs. @type {Record<string, string>} */
const OF_MANY_RUNS = {
  seeds: 'How many runs of each variant, or their seeds; {"from": 3, "to": 12, "until": "decided"}: as many as it takes to decide.',
  variants: 'Objects with the fields in which each variant differs from the request, and its name as variant.',
  sweep: 'How many combinations of the swept values are drawn: {"draws": 20}.',
  search: 'Which of the swept values are best: the strategy, the metric, how many trials, the most epochs of one, and how the finalists are compared.',
};
const MAX_NAMES = 24;

/** @param {string} location a JSON pointer after # @returns {string[]} */
function segments(location) {
  return location.split('/').slice(1).map(s => decodeURIComponent(s).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The schema of a request. */
export class RequestSchema {
  /** @param {Schema} schema */
  constructor(schema) {
    this.schema = schema;
  }

  /** @param {any} schema @returns {any} what it refers to, if it does */
  #resolve(schema) {
    if (!schema?.$ref) {
      return schema;
    }
    /** @type {any} */
    let found = this.schema;
    for (const segment of segments(schema.$ref)) {
      found = found?.[segment];
    }
    return found;
  }

  /**
   * What is said of a field.
   *
   * @param {any} request
   * @param {Path} path
   * @returns {{description?: string, range: string, fields: string[]} | null} null where the schema does not know it
   */
  about(request, path) {
    if (path[0] === 'variants' && path.length > 2) {
      return this.about(merged(request, request.variants?.[path[1]]), path.slice(2));
    }
    const many = OF_MANY_RUNS[String(path[0])];
    if (many) {
      return {description: many, range: '', fields: []};
    }
    /** @type {any[]} */
    let schemas = [this.schema];
    /** @type {any} */
    let value = request;
    for (const segment of path) {
      schemas = schemas.flatMap(schema => this.#within(schema, String(segment), value));
      value = value?.[segment];
    }
    if (schemas.length === 0) {
      return null;
    }
    const all = schemas.flatMap(schema => [schema, this.#resolve(schema)]);
    return {
      description: all.map(s => s?.description).find(Boolean),
      range: all.map(written).find(Boolean) ?? '',
      fields: [...new Set(schemas.flatMap(schema => this.#fields(schema, value)))],
    };
  }

  /** @param {any} schema @param {any} value @returns {any[]} the forms that it may have, by the value's type */
  #forms(schema, value) {
    const found = this.#resolve(schema);
    if (!found || typeof found !== 'object') {
      return [];
    }
    const type = found.properties?.type?.const;
    if (type !== undefined && value?.type !== undefined && value.type !== type) {
      return [];
    }
    // Whether an "if" holds is the service's business: what it may lead to is told.
    const more = [...(found.oneOf ?? []), ...(found.anyOf ?? []), ...(found.allOf ?? []), found.then, found.else];
    return [found, ...more.filter(Boolean).flatMap(form => this.#forms(form, value))];
  }

  /** @param {any} schema @param {string} segment @param {any} value */
  #within(schema, segment, value) {
    return this.#forms(schema, value)
      .map(form => form.properties?.[segment] ?? (/^\d+$/.test(segment) && Array.isArray(value) ? form.items : undefined))
      .filter(Boolean);
  }

  /** @param {any} schema @param {any} value @returns {string[]} */
  #fields(schema, value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? this.#forms(schema, value).flatMap(form => Object.keys(form.properties ?? {}))
      : [];
  }
}

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A request as a variant changes it: what is null is taken out.
 *
 * @param {any} target
 * @param {any} patch
 * @returns {any}
 */
export function merged(target, patch) {
  if (!isObject(patch)) {
    return patch;
  }
  /** @type {Record<string, any>} */
  const result = isObject(target) ? {...target} : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[name];
    } else {
      result[name] = merged(result[name], value);
    }
  }
  return result;
}

/** @param {any} schema @returns {string} its range and default, as far as it has any */
function written(schema) {
  if (!schema || typeof schema !== 'object') {
    return '';
  }
  const parts = [];
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  if (schema.enum) {
    parts.push(`one of ${schema.enum.slice(0, MAX_NAMES).join(', ')}`);
  } else if (low !== undefined || high !== undefined) {
    const ends = [schema.exclusiveMinimum !== undefined ? `more than ${low}` : low, schema.exclusiveMaximum !== undefined ? `less than ${high}` : high];
    parts.push(`${[schema.type].flat()[0] ?? 'number'} ${ends.map(e => e ?? '…').join(' to ')}`);
  } else if (typeof schema.type === 'string') {
    parts.push(schema.type);
  }
  if (schema.default !== undefined) {
    parts.push(`default ${JSON.stringify(schema.default)}`);
  }
  return parts.join(', ');
}
