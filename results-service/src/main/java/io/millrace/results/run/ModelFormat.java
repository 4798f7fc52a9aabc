package io.millrace.results.run;

/** The files of a trained model, all in one folder of the store. */
public enum ModelFormat {
  /** As Deeplearning4j reads it, with the optimizer's state. */
  DL4J("model.zip", ".zip", "application/zip"),

  /** The network without its weights, as Keras 3 reads it. */
  KERAS("model.json", ".keras.json", "application/json"),

  /** With what is done to the data before the network sees them. */
  ONNX("model.onnx", ".onnx", "application/octet-stream"),

  /** Keras' variables, by their names. */
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

  /** What a run's file of this format is called by who fetches it. */
  String fileName(String run) {
    return run + ending;
  }

  /** Where the file is in the store. */
  String path(RunView.Model model) {
    if (this == DL4J) {
      return model.path();
    }
    return model.path().substring(0, model.path().lastIndexOf('/') + 1) + file;
  }

  /** The file's ETag: each is made of the one model, whose digest is known. */
  String etag(RunView.Model model) {
    return this == DL4J ? "\"" + model.sha256() + "\"" : "\"" + model.sha256() + ending + "\"";
  }
}
