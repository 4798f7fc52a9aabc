/** Batches on the wire: the safetensors format, read and written without copying a payload. */
package io.millrace.contracts.tensor;
