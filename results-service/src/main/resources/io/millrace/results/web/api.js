// The service's answers, typed; its refusals as errors.

/** A refusal, as RFC 9457 says it. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {string} [field] the one to blame
   */
  constructor(status, detail, field) {
    super(detail);
    this.status = status;
    this.field = field;
  }
}

/**
 * An address with its parameters; those without a value are left out.
 *
 * @param {string[]} path unescaped
 * @param {Record<string, string | number | boolean | (string | number)[] | null | undefined>} [parameters]
 */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '') {
        query.append(name, String(one));
      }
    }
  }
  const text = query.toString();
  return '/' + path.map(encodeURIComponent).join('/') + (text ? `?${text}` : '');
}

/** Leads to the login page, and from there back. */
export function toLogin() {
  location.assign(address(['ui', 'login'], {from: location.pathname + location.search + location.hash}));
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} an answer that is none of the errors
 */
export async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (e) {
    if (options?.signal?.aborted) {
      throw e;
    }
    throw new Refusal(0, 'The service does not answer; is it running?');
  }
  if (response.ok) {
    return response;
  }
  if (response.status === 401 && !location.pathname.startsWith('/ui/login')) {
    toLogin();
  }
  throw await refusal(response);
}

/** @param {Response} response */
async function refusal(response) {
  try {
    const body = await response.json();
    const detail = body.detail ?? body.error ?? body.reason ?? `status ${response.status}`;
    return new Refusal(response.status, detail, body.field || undefined);
  } catch {
    return new Refusal(response.status, `The service answers with status ${response.status}.`);
  }
}

/**
 * @template T
 * @param {string[]} path
 * @param {Parameters<typeof address>[1]} [parameters]
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function get(path, parameters, signal) {
  const response = await ask(address(path, parameters), {headers: {Accept: 'application/json, application/schema+json'}, signal});
  return response.json();
}

/**
 * Asks again and again, but for the latest only: an answer that a later question has overtaken is none.
 *
 * @returns {<T>(question: (signal: AbortSignal) => Promise<T>) => Promise<T | null>}
 */
export function latest() {
  /** @type {AbortController | null} */
  let asked = null;
  return async question => {
    asked?.abort();
    const mine = (asked = new AbortController());
    try {
      const answer = await question(mine.signal);
      return mine.signal.aborted ? null : answer;
    } catch (e) {
      if (mine.signal.aborted) {
        return null;
      }
      throw e;
    }
  };
}
