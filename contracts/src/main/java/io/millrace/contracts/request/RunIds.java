package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.StringJoiner;
import java.util.UUID;

/** The ids of runs whose requests name none. */
public final class RunIds {
  /** Leaves room for the suffix of a sweep's run ids: {@code -999-s50} at most. */
  private static final int MAX_ID = 92;

  /**
   * The hexadecimal digits begin with a letter, so that they are not mistaken for the index of a
   * sweep.
   */
  private static final int LETTER = 0xA0000000;

  private static final int OTHERS = 0x5FFFFFFF;

  private RunIds() {}

  /**
   * {@code <experiment>-<variant>-<8 hexadecimal digits>}, of the names that the message has, cut
   * to {@value #MAX_ID} characters; {@code run-<8 hexadecimal digits>} where it has none.
   *
   * @param message a request or a sweep; null where it is no JSON
   * @param source of the digits: the same one and the same names give the same id
   */
  public static String fresh(JsonNode message, UUID source) {
    int bits = (int) (source.getMostSignificantBits() >>> 32);
    String end = String.format("-%08x", LETTER | bits & OTHERS);
    var names = new StringJoiner("-").setEmptyValue("run");
    for (String field : new String[] {"experiment", "variant"}) {
      String name = message == null ? null : message.path(field).textValue();
      if (isName(name)) {
        names.add(name);
      }
    }
    String begin = names.toString();
    return begin.substring(0, Math.min(begin.length(), MAX_ID - end.length())) + end;
  }

  private static boolean isName(String text) {
    try {
      Check.name("", text);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }
}
