package io.millrace.augmentation.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.DatasetSpec;
import java.util.List;

/**
 * Which images of the test part are to be shown.
 *
 * @param dataset as in a training request
 * @param indices 1..48 of samples of the test part, counted from 0, in the order in which they are
 *     shown
 * @param fingerprint of the data that are meant; null for whatever data there are
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TestImagesRequest(DatasetSpec dataset, List<Integer> indices, String fingerprint) {
  private static final int MOST = 48;

  TestImagesRequest {
    Check.required("dataset", dataset);
    indices = List.copyOf(Check.size("indices", indices, 1, MOST));
  }

  /**
   * The indices.
   *
   * @param samples how many the test part has
   * @throws io.millrace.contracts.InvalidMessageException where it has no such sample
   */
  int[] of(int samples) {
    for (int i = 0; i < indices.size(); i++) {
      Check.range("indices[" + i + "]", indices.get(i), 0, samples - 1);
    }
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }
}
