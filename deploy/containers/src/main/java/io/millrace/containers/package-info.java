/** Programs that run in containers beside the services: health check, broker, load generator. */
package io.millrace.containers;
