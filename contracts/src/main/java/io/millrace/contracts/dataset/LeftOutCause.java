package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Why something in a folder of images is no sample. */
public enum LeftOutCause {
  /** Its name has not the ending of an image that can be read. */
  OTHER_ENDING,
  /** It is a folder within a class folder; what is in it is not counted. */
  DEEPER_FOLDER,
  /** It is a folder without an image. */
  EMPTY_CLASS,
  /** It is an image beside the class folders. */
  NO_CLASS,
  /** It is no image of a kind that can be read, or broken. */
  UNDECODABLE,
  /** It has more pixels, or a longer side, than an augmenter takes. */
  TOO_LARGE,
  /** It is no file, or a link that leads out of the data set. */
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
