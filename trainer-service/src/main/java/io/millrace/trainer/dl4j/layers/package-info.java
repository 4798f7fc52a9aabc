/** The stages that train a network: each layer's outputs and gradients. */
package io.millrace.trainer.dl4j.layers;
