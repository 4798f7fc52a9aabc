/** What happens to runs, as it happens: streams that end only with their reader. */
package io.millrace.results.live;
