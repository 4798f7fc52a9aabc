/** The pages: their files, which lie beside this, and what they show of other services. */
package io.millrace.results.web;
