// Typed HTTP requests to the results service. An error response becomes a Refusal.

/** An error response of the service: a problem document (RFC 9457). */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {string} [field] path of the field or parameter that is wrong
   */
  constructor(status, detail, field) {
    super(detail);
    this.status = status;
    this.field = field;
  }
}

/**
 * A path with query parameters. Parameters without a value are left out.
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

/** Opens the login page, which returns to this page after the login. */
export function toLogin() {
  location.assign(address(['ui', 'login'], {from: location.pathname + location.search + location.hash}));
}

/**
 * Sends a request. Throws a Refusal unless the status is 2xx.
 *
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function fetchOk(url, options) {
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
    return new Refusal(response.status, `The service returned status ${response.status}.`);
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
  const response = await fetchOk(address(path, parameters), {headers: {Accept: 'application/json, application/schema+json'}, signal});
  return response.json();
}

/**
 * Keeps only the newest of several requests. Each new request aborts the one before, which then yields null.
 *
 * @returns {<T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T | null>}
 */
export function latest() {
  /** @type {AbortController | null} */
  let newest = null;
  return async request => {
    newest?.abort();
    const mine = (newest = new AbortController());
    try {
      const answer = await request(mine.signal);
      return mine.signal.aborted ? null : answer;
    } catch (e) {
      if (mine.signal.aborted) {
        return null;
      }
      throw e;
    }
  };
}
