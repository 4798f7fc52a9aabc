package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Why a file or folder of an image data set is not a sample. */
public enum LeftOutCause {
  /** A file whose name does not end like that of a supported image format. */
  OTHER_ENDING,
  /** A folder inside a class folder. Its contents are not counted. */
  DEEPER_FOLDER,
  /** A class folder without images. */
  EMPTY_CLASS,
  /** An image next to the class folders. */
  NO_CLASS,
  /** A broken image, or one in a format that is not supported. */
  UNDECODABLE,
  /** An image with more pixels, or a longer side, than the augmentation service accepts. */
  TOO_LARGE,
  /** Not a file, or a link that leads out of the data set. */
  NO_FILE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static LeftOutCause parse(String text) {
    return EnumNames.parse(LeftOutCause.class, text);
  }
}
