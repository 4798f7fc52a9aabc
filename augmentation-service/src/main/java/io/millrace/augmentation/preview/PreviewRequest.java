package io.millrace.augmentation.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;

/**
 * A request for a contact sheet.
 *
 * @param dataset as in a training request
 * @param augmentation as in a training request; default none
 * @param seed as in a training request; default 0
 * @param samples of the training part; default 4
 * @param variants of each sample, 1..16; default 6
 * @param epoch the epoch of the first variant, 0..1,000,000; each further variant is from the next
 *     epoch; default 0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PreviewRequest(
    DatasetSpec dataset,
    Augmentation augmentation,
    Long seed,
    SampleChoice samples,
    Integer variants,
    Integer epoch) {

  PreviewRequest {
    Check.required("dataset", dataset);
    augmentation = Check.orElse(augmentation, Augmentation.NONE);
    seed = Check.orElse(seed, 0L);
    samples = Check.orElse(samples, SampleChoice.of(4));
    variants = Check.range("variants", Check.orElse(variants, 6), 1, 16);
    epoch = Check.range("epoch", Check.orElse(epoch, 0), 0, 1_000_000);
  }
}
