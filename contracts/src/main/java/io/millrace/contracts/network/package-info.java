/** Which networks are possible: layers with their shapes, and errors that name the layer. */
package io.millrace.contracts.network;
