package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Named;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import io.millrace.contracts.field.Text;
import io.millrace.contracts.json.OptimizerDeserializer;
import java.util.ArrayList;
import java.util.List;

/** A request to train one network: one run. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainingRequest(
    @Describe("Version of this message; 1 is the only one.")
        @Range(min = 1, max = VERSION)
        @Default("1")
        Integer version,
    @Describe("The run's id. Default: the key of the Kafka record; without a key, a generated id.")
        @Named
        String run,
    @Describe("The experiment that the run belongs to: one question.") @Named @Default("default")
        String experiment,
    @Describe(
            "The variant that the run tries: one answer to the experiment's question. Runs of"
                + " a variant that differ only in seed are replicates.")
        @Named
        @Default("default")
        String variant,
    @Describe("Seed of the weights, the order of the samples, the augmentation and the dropout.")
        @Default("0")
        Long seed,
    @Describe("The data and how they are split.") @Required DatasetSpec dataset,
    @Describe(
            "Random transforms of the training part. Default: none. The random layers of a"
                + " Keras model are added at its end.")
        Augmentation augmentation,
    @Describe("The network.") @Required ModelSpec model,
    @Describe(
            "The loss to minimize: a name, or an object with parameters. Default: the loss"
                + " with which the Keras model was compiled.")
        LossSpec loss,
    @Describe(
            "The optimizer: a name, or an object with parameters. Default: the one with which"
                + " the Keras model was compiled, else RMSprop, as in Keras.")
        @JsonDeserialize(using = OptimizerDeserializer.class)
        OptimizerSpec optimizer,
    @Describe(
            "Metrics computed in addition to the loss. Default: those with which the Keras"
                + " model was compiled, else none.")
        @Size(max = 16)
        @Default("[]")
        List<Metric> metrics,
    @Describe("Passes over the training part. The default is that of Keras.")
        @Range(min = 1, max = 10_000)
        @Default("1")
        Integer epochs,
    @Describe("Samples per step. The default is that of Keras.")
        @Range(min = 1, max = 4_096)
        @Default("32")
        Integer batchSize,
    @Describe(
            "Factors of the losses of training samples, by the name or index of their class;"
                + " or balanced. Default: none.")
        ClassWeight classWeight,
    @Describe("Callbacks, called after each epoch in this order.") @Size(max = 16) @Default("[]")
        List<CallbackSpec> callbacks,
    @Describe(
            "true: resumes the completed or cancelled run of this id until it has epochs"
                + " epochs in total; every other field must be as in its request.")
        @Default("false")
        Boolean extend,
    @Describe("Names to find the run by. They do not affect the training.")
        @Size(max = 16)
        @Named
        @Text(max = 64)
        @Default("[]")
        List<String> tags,
    @Describe(
            "A queued run with a higher priority starts before all runs with a lower one. It"
                + " does not affect the training.")
        @Range(min = 0, max = MAX_PRIORITY)
        @Default("0")
        Integer priority,
    @Describe("Trained weights to start from. Default: none.") InitialWeights initialWeights) {
  private static final FieldRules RULES = FieldRules.of(TrainingRequest.class);

  /** The version of the message that this code writes, and the newest that it reads. */
  public static final int VERSION = 1;

  /** The most bytes one batch may have, so that a record fits the batch topics. */
  public static final int MAX_BATCH_BYTES = 32 << 20;

  /** The highest priority. */
  public static final int MAX_PRIORITY = 2;

  public TrainingRequest {
    version = RULES.check("version", version);
    run = RULES.check("run", run);
    experiment = RULES.check("experiment", experiment);
    variant = RULES.check("variant", variant);
    seed = RULES.check("seed", seed);
    dataset = RULES.check("dataset", dataset);
    augmentation = Check.orElse(augmentation, Augmentation.NONE);
    model = RULES.check("model", model);
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
    metrics = RULES.check("metrics", metrics);
    epochs = RULES.check("epochs", epochs);
    batchSize = RULES.check("batch_size", batchSize);
    extend = Boolean.TRUE.equals(extend) ? true : null;
    tags = tags == null || tags.isEmpty() ? null : checkTags(tags);
    int level = RULES.check("priority", priority);
    priority = level == 0 ? null : level;
    augmentation.check(dataset);
    callbacks = RULES.check("callbacks", callbacks);
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
   * The augmentation with the standardization that replaces a Keras model's Normalization without
   * statistics; series and rows use the scaler instead.
   */
  private static Augmentation standardized(
      DatasetSpec dataset, Augmentation augmentation, String normalization) {
    if (dataset instanceof DatasetSpec.Images) {
      if (augmentation.samplewiseCenter() || augmentation.zcaWhitening()) {
        throw new InvalidMessageException(
            augmentation.zcaWhitening()
                ? "augmentation.zca_whitening"
                : "augmentation.samplewise_center",
            "cannot be combined with "
                + normalization
                + ", a Normalization without mean and variance, which a standardization of"
                + " images by channel replaces; leave out one of them");
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
              + " cannot be combined with "
              + normalization
              + ", a Normalization without mean and variance, which Keras adapts to the training"
              + " part; give standard, which does the same, or give the layer mean and variance");
    }
    return augmentation;
  }

  /** Fields that a Keras model's compile configuration may give instead of the request. */
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
   * Checks tags.
   *
   * @throws InvalidMessageException naming the field
   */
  public static List<String> checkTags(List<String> tags) {
    return RULES.check("tags", tags);
  }

  /** Checks the names if the request lists the classes; otherwise they are known with the data. */
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

  /** Whether it resumes a completed or cancelled run. */
  public boolean isExtension() {
    return extend != null;
  }

  /** A copy with a run id. */
  public TrainingRequest withRun(String id) {
    return copy(id, epochs, extend, tags, priority);
  }

  /** Its priority, 0..{@value #MAX_PRIORITY}. */
  public int urgency() {
    return Check.orElse(priority, 0);
  }

  /**
   * The request without the fields that do not affect the numbers of a run's steps: epochs, tags,
   * priority and extend. Requests with equal results of this method train alike.
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
