// What the schema of a request says: what is wrong with one, in a few words, and what a field means.

import {dereference} from './vendor/json-schema/dereference.js';
import {validate} from './vendor/json-schema/validate.js';

/** @typedef {import('./json-text.js').Path} Path */
/** @typedef {{path: Path, message: string}} Complaint */
/** @typedef {import('./vendor/json-schema/types.js').Schema} Schema */
/** @typedef {{keyword: string, keywordLocation: string, instanceLocation: string, error: string}} Fault */

/** Keywords that only say that something within is wrong. */
const AROUND = ['properties', '$ref', 'items', 'prefixItems', 'oneOf', 'anyOf', 'allOf', 'if', 'then', 'else', 'false'];
const MAX_COMPLAINTS = 5;

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
    this.places = dereference(schema);
  }

  /**
   * What is wrong with a request, innermost first; of a sweep, its first value is looked at.
   *
   * @param {any} request
   * @returns {Complaint[]}
   */
  complaints(request) {
    if (!isObject(request)) {
      return this.#complaintsOf(request);
    }
    const {seeds: _seeds, sweep: _draws, search: _search, variants, ...one} = request;
    if (!Array.isArray(variants)) {
      return this.#complaintsOf(one);
    }
    /** @type {Map<string, Complaint>} */
    const complaints = new Map();
    variants.forEach((variant, i) => {
      for (const complaint of this.#complaintsOf(merged(one, variant))) {
        const path = gives(variant, complaint.path) ? ['variants', i, ...complaint.path] : complaint.path;
        complaints.set(JSON.stringify(path), {path, message: complaint.message});
      }
    });
    return [...complaints.values()].slice(0, MAX_COMPLAINTS);
  }

  /** @param {any} request without what makes several runs of it @returns {Complaint[]} */
  #complaintsOf(request) {
    const result = validate(withoutSweeps(request), this.schema, '2020-12', this.places, false);
    return result.valid ? [] : this.#select(result.errors);
  }

  /** @param {Fault[]} faults very many: each alternative of each oneOf has its own */
  #select(faults) {
    // An alternative for another "type" is none that was meant.
    const others = new Set();
    for (const fault of faults) {
      const branch = /^(.*\/(?:oneOf|anyOf)\/\d+)(?:\/\$ref)?\/properties\/type\/(?:const|enum)$/.exec(fault.keywordLocation);
      if (branch) {
        others.add(branch[1]);
      }
    }
    /** @param {Fault} fault */
    const meant = fault => !prefixes(fault.keywordLocation).some(p => others.has(p));
    // The validator says of a field that is wrong that it is also one too many.
    const wrong = new Set(faults.filter(f => f.keyword === 'properties').map(f => `${f.keywordLocation.replace(/properties$/, '')} ${named(f.error)}`));
    const leaves = faults.filter(f => !AROUND.includes(f.keyword) && meant(f) && !(
      f.keyword === 'additionalProperties' && wrong.has(`${f.keywordLocation.replace(/additionalProperties$/, '')} ${named(f.error)}`)));
    /** @type {Map<string, Complaint>} */
    const complaints = new Map();
    /** @param {Complaint} complaint */
    const add = complaint => {
      const id = JSON.stringify(complaint.path);
      if (!complaints.has(id)) {
        complaints.set(id, complaint);
      }
    };
    // Where a value may be of several kinds, what is wrong with it as the kind that it has says more.
    const telling = new Set(leaves.filter(f => f.keyword !== 'type').map(f => f.instanceLocation));
    for (const fault of leaves) {
      if (fault.keyword !== 'type' || !telling.has(fault.instanceLocation)) {
        add(this.#complaint(fault));
      }
    }
    for (const fault of faults) {
      if (fault.keyword === 'oneOf' && meant(fault) && ![...complaints.values()].some(c => startsWith(c.path, segments(fault.instanceLocation)))) {
        const types = faults
          .filter(f => f.keywordLocation.startsWith(`${fault.keywordLocation}/`) && f.keyword === 'const' && f.instanceLocation === `${fault.instanceLocation}/type`)
          .map(f => /"(.*)"/.exec(f.error)?.[1]);
        add({
          path: [...segments(fault.instanceLocation), ...(types.length ? ['type'] : [])],
          message: types.length ? `is not known; give one of ${types.slice(0, MAX_NAMES).join(', ')}${types.length > MAX_NAMES ? ', …' : ''}` : 'is none of the forms that it may have',
        });
      }
    }
    return [...complaints.values()].sort((a, b) => b.path.length - a.path.length).slice(0, MAX_COMPLAINTS);
  }

  /** @param {Fault} fault @returns {Complaint} */
  #complaint(fault) {
    const path = segments(fault.instanceLocation);
    const [parent, name] = [this.#at(fault.keywordLocation.replace(/\/[^/]+$/, '')), named(fault.error)];
    if (fault.keyword === 'additionalProperties' && name) {
      const known = [...Object.keys(parent?.properties ?? {}), ...(path.length === 0 ? Object.keys(OF_MANY_RUNS) : [])];
      return {path: [...path, name], message: `is not a field here; known are ${known.slice(0, MAX_NAMES).join(', ')}${known.length > MAX_NAMES ? ', …' : ''}`};
    }
    if (fault.keyword === 'required' && name) {
      return {path, message: `has no ${name}, which is required`};
    }
    if (fault.keyword === 'enum') {
      const forms = this.#at(/^(.*\/(?:oneOf|anyOf))\/\d+\/enum$/.exec(fault.keywordLocation)?.[1] ?? '#');
      const pattern = Array.isArray(forms) && forms.find(form => form.pattern)?.pattern;
      return {path, message: `is not known; give one of ${(parent?.enum ?? []).slice(0, MAX_NAMES).join(', ')}${pattern ? `, or a pattern with ${pattern}` : ''}`};
    }
    if (fault.keyword === 'type') {
      return {path, message: `is to be ${[parent?.type].flat().join(' or ')}`};
    }
    const range = parent && written(parent);
    return {path, message: `${fault.error.replace(/\.$/, '')}${range ? `; give ${range}` : ''}`};
  }

  /** @param {string} location of a keyword, through references @returns {Schema | undefined} */
  #at(location) {
    /** @type {any} */
    let now = this.schema;
    for (const segment of segments(location)) {
      now = segment === '$ref' ? this.#resolve(now) : now?.[segment];
    }
    return now;
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
    const chosen = found.if && (validate(value ?? null, found.if, '2020-12', this.places).valid ? found.then : found.else);
    const more = [...(found.oneOf ?? []), ...(found.anyOf ?? []), ...(found.allOf ?? []), chosen];
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
function merged(target, patch) {
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

/** @param {any} variant @param {Path} path @returns {boolean} whether a field comes from a variant */
function gives(variant, path) {
  let now = variant;
  for (const segment of path) {
    if (!isObject(now)) {
      return true;
    }
    if (!(segment in now)) {
      return false;
    }
    now = now[segment];
  }
  return path.length > 0;
}

/** @param {any} value @returns {any} with the first value of each sweep in its place */
function withoutSweeps(value) {
  if (isObject(value) && Object.keys(value).length === 1 && 'sweep' in value) {
    return Array.isArray(value.sweep) ? withoutSweeps(value.sweep[0]) : value.sweep?.min;
  }
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, within]) => [name, withoutSweeps(within)]));
  }
  return Array.isArray(value) ? value.map(withoutSweeps) : value;
}

/**
 * How many runs a request makes at first; of a search, how many trials.
 *
 * @param {any} request
 * @returns {number}
 */
export function runsOf(request) {
  if (!isObject(request)) {
    return 1;
  }
  /** @param {any} value @returns {number} */
  const grid = value => {
    if (isObject(value) && Object.keys(value).length === 1 && Array.isArray(value.sweep)) {
      return value.sweep.length;
    }
    return value !== null && typeof value === 'object'
      ? Object.values(value).reduce((n, within) => n * grid(within), 1)
      : 1;
  };
  const {seeds, sweep, search, variants, ...rest} = request;
  if (typeof search?.trials === 'number') {
    return search.trials;
  }
  const count = isObject(seeds) ? seeds.from : Array.isArray(seeds) ? seeds.length : seeds;
  const seeded = typeof count === 'number' ? count : 1;
  const varied = Array.isArray(variants) ? Math.max(1, variants.length) : 1;
  return varied * seeded * (typeof sweep?.draws === 'number' ? sweep.draws : grid(rest));
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

/** @param {string} location @returns {string[]} itself and what it lies in */
function prefixes(location) {
  const parts = location.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** @param {string} error @returns {string | undefined} the property that it names */
function named(error) {
  return /property "([^"]*)"/i.exec(error)?.[1];
}

/** @param {Path} path @param {Path} start */
function startsWith(path, start) {
  return start.every((segment, i) => path[i] === segment);
}
