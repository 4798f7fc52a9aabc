/** What networks compute on: the backend of ND4J, its arrays and the memory of the process. */
package io.millrace.trainer.dl4j.device;
