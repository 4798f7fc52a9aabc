package io.millrace.results.run;

/**
 * The file formats of a trained model; all files of a model are in one folder of the model store.
 */
public enum ModelFormat {
  /** Deeplearning4j, with the optimizer state. */
  DL4J("model.zip", ".zip", "application/zip"),

  /** Keras 3 JSON: the network without weights. */
  KERAS("model.json", ".keras.json", "application/json"),

  /** ONNX, with the preprocessing of the data. */
  ONNX("model.onnx", ".onnx", "application/octet-stream"),

  /** The variables by their Keras names. */
  SAFETENSORS("weights.safetensors", ".safetensors", "application/octet-stream");

  private final String file;
  private final String ending;
  private final String mediaType;

  ModelFormat(String file, String ending, String mediaType) {
    this.file = file;
    this.ending = ending;
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /** The name of a run's file as a download. */
  String fileName(String run) {
    return run + ending;
  }

  /** The path of the file in the model store. */
  String path(RunView.Model model) {
    if (this == DL4J) {
      return model.path();
    }
    return model.path().substring(0, model.path().lastIndexOf('/') + 1) + file;
  }

  /** The ETag of the file. All files are made from one model, so its digest identifies each. */
  String etag(RunView.Model model) {
    return this == DL4J ? "\"" + model.sha256() + "\"" : "\"" + model.sha256() + ending + "\"";
  }
}
