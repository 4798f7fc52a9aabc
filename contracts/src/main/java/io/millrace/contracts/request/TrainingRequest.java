package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.OptimizerDeserializer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to train one network: one run.
 *
 * @param version the version of this message; 1, the default, is the only one so far
 * @param run the run's id; where absent, the Kafka record's key, else a fresh id
 * @param experiment the question that the run belongs to; default {@code default}
 * @param variant the answer to it that the run tries; runs of one variant that differ only in
 *     {@code seed} are replicates; default {@code default}
 * @param seed seeds the weights, the order of the samples, the augmentation and the dropout;
 *     default 0
 * @param dataset the data and how they are split
 * @param augmentation random transforms of the training part; by default none. Those of a Keras
 *     model's layers stand behind them
 * @param model the layers
 * @param loss the loss to minimize; this, the optimizer and the metrics are, where they are not
 *     given, those with which a Keras model was compiled
 * @param optimizer its name, or an object; by default Keras' own default, RMSprop
 * @param metrics computed beside the loss; default none
 * @param epochs passes over the training part, 1..10,000; default 1 as in Keras
 * @param batchSize samples of a step, 1..4,096; default 32 as in Keras
 * @param classWeight by what the losses of a class's training samples are multiplied; default none
 * @param callbacks what watches the epochs, in this order; at most 16, default none
 * @param extend true: goes on with the run of this id, which is completed or cancelled, until it
 *     has {@code epochs} epochs in all; everything else is as in the request that it was trained
 *     with; null, the default, is a run of its own, and so is false
 * @param tags names to find the run by, at most 16 of at most 64 characters each; they change no
 *     number. Null, the default, is none
 * @param priority 0..2: a run of a higher one is taken from the queue before all that wait with a
 *     lower one; it changes no number. Null, the default, is 0
 * @param initialWeights trained weights to start from; null, the default, is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainingRequest(
    Integer version,
    String run,
    String experiment,
    String variant,
    Long seed,
    DatasetSpec dataset,
    Augmentation augmentation,
    ModelSpec model,
    LossSpec loss,
    @JsonDeserialize(using = OptimizerDeserializer.class) OptimizerSpec optimizer,
    List<Metric> metrics,
    Integer epochs,
    Integer batchSize,
    ClassWeight classWeight,
    List<CallbackSpec> callbacks,
    Boolean extend,
    List<String> tags,
    Integer priority,
    InitialWeights initialWeights) {

  /** The version of the message that this code writes, and the newest that it reads. */
  public static final int VERSION = 1;

  /** The most bytes one batch may have, so that a record fits the batch topics. */
  public static final int MAX_BATCH_BYTES = 32 << 20;

  /** The highest priority. */
  public static final int MAX_PRIORITY = 2;

  private static final int MAX_TAGS = 16;
  private static final int MAX_TAG = 64;

  public TrainingRequest {
    version = Check.range("version", Check.orElse(version, VERSION), 1, VERSION);
    if (run != null) {
      Check.name("run", run);
    }
    experiment = Check.name("experiment", Check.orElse(experiment, "default"));
    variant = Check.name("variant", Check.orElse(variant, "default"));
    seed = Check.orElse(seed, 0L);
    Check.required("dataset", dataset);
    augmentation = Check.orElse(augmentation, Augmentation.NONE);
    Check.required("model", model);
    KerasAugmentation random = model.augmentation();
    augmentation = random.behind(augmentation, dataset);
    model = random.layers().isEmpty() ? model : model.withToAugmentation(random.places());
    String normalization = model.standardization();
    if (normalization != null) {
      augmentation = standardized(dataset, augmentation, normalization);
    }
    var compiled = new CompiledFields(loss, optimizer, metrics);
    compiled.complete(model, dataset);
    loss = Check.required("loss", compiled.loss);
    optimizer = compiled.optimizer;
    metrics = compiled.metrics;
    model = compiled.used.isEmpty() ? model : model.withFromCompileConfig(compiled.used);
    optimizer = Check.orElse(optimizer, new OptimizerSpec.RMSprop(null, null, null));
    metrics = List.copyOf(Check.size("metrics", Check.orElse(metrics, List.of()), 0, 16));
    epochs = Check.range("epochs", Check.orElse(epochs, 1), 1, 10_000);
    batchSize = Check.range("batch_size", Check.orElse(batchSize, 32), 1, 4_096);
    extend = Boolean.TRUE.equals(extend) ? true : null;
    tags = tags == null || tags.isEmpty() ? null : checkTags(tags);
    int level = Check.range("priority", Check.orElse(priority, 0), 0, MAX_PRIORITY);
    priority = level == 0 ? null : level;
    augmentation.check(dataset);
    callbacks = List.copyOf(Check.size("callbacks", Check.orElse(callbacks, List.of()), 0, 16));
    if (dataset.labels().filter(TargetType.NUMBER::equals).isPresent()) {
      NumberTarget.check(dataset, loss, metrics, classWeight);
    }
    new CallbackRules(metrics, optimizer).check(callbacks);
    if (classWeight != null && classWeight.weights() != null) {
      checkNames(classWeight, dataset);
    }
    if (dataset instanceof DatasetSpec.Images images && images.imageSize() != null) {
      augmentation.checkWhitening(images.leastValues());
    }
    checkBytes(
        dataset.sampleBytes() * (augmentation.standardizes() ? Float.BYTES : 1),
        batchSize,
        dataset.isOfImages());
  }

  /**
   * The augmentation with what stands for a Keras model's Normalization without statistics; of
   * series and rows the scaler does.
   */
  private static Augmentation standardized(
      DatasetSpec dataset, Augmentation augmentation, String normalization) {
    if (dataset instanceof DatasetSpec.Images) {
      if (augmentation.samplewiseCenter() || augmentation.zcaWhitening()) {
        throw new InvalidMessageException(
            augmentation.zcaWhitening()
                ? "augmentation.zca_whitening"
                : "augmentation.samplewise_center",
            "does not go with "
                + normalization
                + ", a Normalization without mean and variance, in the place of which images are"
                + " standardized by channel; leave out one of them");
      }
      return augmentation.standardized();
    }
    Scaler scaler =
        dataset instanceof DatasetSpec.Series series
            ? series.scaler()
            : ((DatasetSpec.Rows) dataset).scaler();
    if (scaler != Scaler.STANDARD) {
      throw new InvalidMessageException(
          "dataset.scaler",
          scaler.json()
              + " does not go with "
              + normalization
              + ", a Normalization without mean and variance, which Keras adapts to the training"
              + " part; give standard, which does the same, or give the layer its numbers");
    }
    return augmentation;
  }

  /** What a Keras model may say in the place of the request, with which of it has been used. */
  private static final class CompiledFields {
    final List<String> used = new ArrayList<>();
    LossSpec loss;
    OptimizerSpec optimizer;
    List<Metric> metrics;

    CompiledFields(LossSpec loss, OptimizerSpec optimizer, List<Metric> metrics) {
      this.loss = loss;
      this.optimizer = optimizer;
      this.metrics = metrics;
    }

    void complete(ModelSpec model, DatasetSpec dataset) {
      if (loss != null && optimizer != null && metrics != null) {
        return;
      }
      try {
        model.compiled().ifPresent(compiled -> complete(compiled, dataset));
      } catch (InvalidMessageException e) {
        throw e.within("model");
      }
    }

    private void complete(KerasCompile compiled, DatasetSpec dataset) {
      boolean ofNumbers = dataset.labels().filter(TargetType.NUMBER::equals).isPresent();
      loss = loss == null ? used("loss", compiled.loss().orElse(null)) : loss;
      optimizer =
          optimizer == null ? used("optimizer", compiled.optimizer().orElse(null)) : optimizer;
      metrics = metrics == null ? used("metrics", compiled.metrics(ofNumbers)) : metrics;
    }

    private <T> T used(String field, T value) {
      if (value != null) {
        used.add(field);
      }
      return value;
    }
  }

  /**
   * Tags that are fit to find a run by.
   *
   * @throws InvalidMessageException naming the field
   */
  public static List<String> checkTags(List<String> tags) {
    Check.size("tags", tags, 0, MAX_TAGS);
    for (int i = 0; i < tags.size(); i++) {
      String field = "tags[" + i + "]";
      Check.text(field, Check.name(field, tags.get(i)), MAX_TAG);
    }
    return List.copyOf(tags);
  }

  /** Where the request names the classes; else they are known with the data. */
  private static void checkNames(ClassWeight classWeight, DatasetSpec dataset) {
    if (dataset instanceof DatasetSpec.Images images && images.classes() != null) {
      try {
        classWeight.of(images.classes(), null);
      } catch (InvalidMessageException e) {
        throw e.within("class_weight");
      }
    }
  }

  private static void checkBytes(long sampleBytes, int batchSize, boolean isOfImages) {
    if (sampleBytes > MAX_BATCH_BYTES) {
      throw new InvalidMessageException(
          isOfImages ? "dataset.image_size" : "dataset.window",
          (isOfImages ? "one image takes " : "one sample takes ")
              + sampleBytes
              + " bytes; give a size of at most "
              + MAX_BATCH_BYTES);
    }
    if (sampleBytes * batchSize > MAX_BATCH_BYTES) {
      throw new InvalidMessageException(
          "batch_size",
          batchSize
              + " samples of this data set make batches of "
              + sampleBytes * batchSize
              + " bytes; give at most "
              + MAX_BATCH_BYTES / sampleBytes);
    }
  }

  /** Whether it goes on with a run that has ended. */
  public boolean isExtension() {
    return extend != null;
  }

  /** The same request under a run id. */
  public TrainingRequest withRun(String id) {
    return copy(id, epochs, extend, tags, priority);
  }

  /** Its priority, 0..{@value #MAX_PRIORITY}. */
  public int urgency() {
    return Check.orElse(priority, 0);
  }

  /**
   * What the numbers of a run's steps depend on: the request, however long it trains, however it is
   * tagged and however urgent it is. Requests that are alike in it go the same way.
   */
  public TrainingRequest course() {
    return copy(run, 1, null, null, null);
  }

  private TrainingRequest copy(
      String run, Integer epochs, Boolean extend, List<String> tags, Integer priority) {
    return new TrainingRequest(
        version,
        run,
        experiment,
        variant,
        seed,
        dataset,
        augmentation,
        model,
        loss,
        optimizer,
        metrics,
        epochs,
        batchSize,
        classWeight,
        callbacks,
        extend,
        tags,
        priority,
        initialWeights);
  }
}
