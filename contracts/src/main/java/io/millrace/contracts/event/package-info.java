/** Events that report what happens to runs, and commands that users send to runs. */
package io.millrace.contracts.event;
