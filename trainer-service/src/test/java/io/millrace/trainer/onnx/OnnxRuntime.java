package io.millrace.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Runs a model on ONNX Runtime. */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /** The output for a batch, row by row. */
  public static float[] output(Path model, float[] input, int batch) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model.toString(), options)) {
        var info = (TensorInfo) session.getInputInfo().get("input").getInfo();
        long[] shape = info.getShape();
        shape[0] = batch;
        try (OnnxTensor tensor =
                OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape);
            OrtSession.Result result = session.run(Map.of("input", tensor))) {
          FloatBuffer values = ((OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer();
          float[] output = new float[values.remaining()];
          values.get(output);
          return output;
        }
      }
    }
  }
}
