/**
 * Plans of networks: infers the layers' shapes and refuses impossible networks, naming the layer.
 */
package io.millrace.contracts.network;
