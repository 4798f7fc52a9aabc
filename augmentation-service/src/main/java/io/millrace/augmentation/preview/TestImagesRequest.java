package io.millrace.augmentation.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.DatasetSpec;
import java.util.List;

/**
 * A request for images of the test part.
 *
 * @param dataset as in a training request
 * @param indices 1..48 indices of test samples, counted from 0, in the order in which they are
 *     shown
 * @param fingerprint the expected fingerprint of the data; null to accept any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TestImagesRequest(DatasetSpec dataset, List<Integer> indices, String fingerprint) {
  private static final int MOST = 48;

  TestImagesRequest {
    Check.required("dataset", dataset);
    indices = List.copyOf(Check.size("indices", indices, 1, MOST));
  }

  /**
   * The indices as an array.
   *
   * @param samples the number of test samples
   * @throws io.millrace.contracts.InvalidMessageException if an index is out of range
   */
  int[] of(int samples) {
    for (int i = 0; i < indices.size(); i++) {
      Check.range("indices[" + i + "]", indices.get(i), 0, samples - 1);
    }
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }
}
