/** The device: ND4J's backend, its arrays and the process's memory. */
package io.millrace.trainer.dl4j.device;
