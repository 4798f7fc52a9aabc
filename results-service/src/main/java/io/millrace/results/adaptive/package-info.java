/**
 * Sweeps whose seeds run until it is decided: looks at what has ended, asks for further seeds, and
 * ends. Also further seeds on demand.
 */
package io.millrace.results.adaptive;
