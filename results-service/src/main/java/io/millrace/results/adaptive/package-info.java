/**
 * Sweeps whose seeds run until it is decided, and searches: looks at what has ended, asks for
 * further runs, and ends. Also further seeds on demand.
 */
package io.millrace.results.adaptive;
