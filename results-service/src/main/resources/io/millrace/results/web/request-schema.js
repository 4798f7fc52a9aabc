// Looks up a field of a request in the JSON Schema: its description, its range, its subfields.

/** @typedef {import('./json-text.js').Path} Path */
/** @typedef {{[keyword: string]: any}} Schema */

/** Descriptions of the fields that only a request for several runs has. @type {Record<string, string>} */
const OF_MANY_RUNS = {
  seeds: 'The number of runs of each variant, or a list of their seeds. {"from": 3, "to": 12, "until": "decided"} adds seeds until the comparison is decided.',
  variants: 'A list of variants. Each is an object with its name as variant, and the fields in which it differs from the request.',
  sweep: 'The number of random combinations of the swept values: {"draws": 20}.',
  search: 'A search for the best of the swept values: strategy, metric, number of trials, maximum epochs of a trial, and the comparison of the finalists.',
};
const MAX_NAMES = 24;

/** @param {string} location a JSON pointer after # @returns {string[]} */
function segments(location) {
  return location.split('/').slice(1).map(s => decodeURIComponent(s).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The JSON Schema of a training request. */
export class RequestSchema {
  /** @param {Schema} schema */
  constructor(schema) {
    this.schema = schema;
  }

  /** @param {any} schema @returns {any} the schema that its $ref points to, or the schema itself */
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
   * Describes a field.
   *
   * @param {any} request
   * @param {Path} path
   * @returns {{description?: string, range: string, fields: string[]} | null} null if the schema does not have it
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

  /** @param {any} schema @param {any} value @returns {any[]} the alternatives that fit the type of the value */
  #forms(schema, value) {
    const found = this.#resolve(schema);
    if (!found || typeof found !== 'object') {
      return [];
    }
    const type = found.properties?.type?.const;
    if (type !== undefined && value?.type !== undefined && value.type !== type) {
      return [];
    }
    // Only the service evaluates an "if". Both of its branches are described here.
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
 * Applies a variant to a request (JSON Merge Patch, RFC 7396): null removes a field.
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

/** @param {any} schema @returns {string} its range and its default, if it has them */
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
