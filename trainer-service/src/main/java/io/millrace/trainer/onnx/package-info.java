/**
 * Trained networks as <a href="https://onnx.ai">ONNX</a> models, which other programs run without
 * Millrace.
 */
package io.millrace.trainer.onnx;
