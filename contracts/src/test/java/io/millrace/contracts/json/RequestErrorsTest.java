package io.millrace.contracts.json;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.SMALL_ROWS;
import static io.millrace.contracts.ExampleRequests.SMALL_SERIES;
import static io.millrace.contracts.ExampleRequests.bytes;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.LayerSpec;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The errors for mistakes in a request: the path of the field, the mistake, and a correct value.
 */
class RequestErrorsTest {
  private static final String NAME_RULE =
      " is not a name; give 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          epoch                          | 3       | epoch: is not a field here; did you mean epochs?
          Epochs                         | 3       | Epochs: is not a field here; did you mean epochs?
          colour                         | 3       | colour: is not a field here; give one of augmentation, batch_size, callbacks, class_weight, dataset, epochs, experiment, extend, initial_weights, loss, metrics, model, optimizer, priority, run, seed, tags, variant, version
          dataset.clases                 | []      | dataset.clases: is not a field of an image data set; did you mean classes?
          dataset.imagesize              | 8       | dataset.imagesize: is not a field of an image data set; did you mean image_size?
          augmentation.rotation_rnge     | 1       | augmentation.rotation_rnge: is not a field here; did you mean rotation_range?
          model.layer                    | []      | model.layer: is not a field here; did you mean layers?
          model.layers[1].unit           | 4       | model.layers[1].unit: is not a field here; did you mean units?
          model.layers[1].filters        | 4       | model.layers[1].filters: is not a field here; give one of activation, bias_constraint, bias_initializer, bias_regularizer, kernel_constraint, kernel_initializer, kernel_regularizer, name, units, use_bias
          optimizer                      | {"type": "Adam", "learningrate": 1} | optimizer.learningrate: is not a field here; did you mean learning_rate?
          optimizer                      | {"type": "Adam", "beta1": 0.9}      | optimizer.beta1: is not a field here; did you mean beta_1?
          """)
  void theErrorForAnUnknownFieldSuggestsKnownOnes(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          dataset                | null           | dataset: is required
          dataset                | {}             | dataset.name: is required
          dataset                | {"window": 3, "name": "d"} | dataset.column: is required
          model                  | null           | model: is required
          model                  | {}             | model.layers: is required, or keras instead of it
          model.layers           | null           | model.layers: is required, or keras instead of it
          model.layers           | []             | model.layers: has 0 elements; give 1..1000
          model.layers[1]        | null           | model.layers[1]: is required
          model.layers[1]        | {"units": 3}   | model.layers[1].type: is required
          model.layers[1].type   | null           | model.layers[1].type: is required
          model.layers[1].units  | null           | model.layers[1].units: is required
          model.layers[0]        | {"type": "Conv2D", "filters": 3} | model.layers[0].kernel_size: is required
          model.layers[0]        | {"type": "Conv2D", "kernel_size": 3} | model.layers[0].filters: is required
          model.layers[0]        | {"type": "Dropout"} | model.layers[0].rate: is required
          model.layers[0]        | {"type": "LSTM"} | model.layers[0].units: is required
          loss                   | null           | loss: is required
          optimizer              | {}             | optimizer.type: is required
          metrics                | [null]         | metrics[0]: is required
          dataset.classes        | ["a", null]    | dataset.classes[1]: is required
          """)
  void theErrorNamesTheMissingField(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          epochs       | 1.5       | epochs: 1.5 is not an integer
          epochs       | 2.5e0     | epochs: 2.5 is not an integer
          epochs       | "3"       | epochs: is not an integer
          epochs       | true      | epochs: is not an integer
          epochs       | [1]       | epochs: is not an integer
          epochs       | {}        | epochs: is not an integer
          epochs       | 99999999999 | epochs: is out of the range of 32-bit integers
          seed         | 1.5       | seed: 1.5 is not an integer
          seed         | 9223372036854775808.0 | seed: is out of the range of 64-bit integers
          seed         | 10000000000000000000 | seed: is out of the range of 64-bit integers
          run          | 5         | run: 5 is not a string
          run          | ["a"]     | run: is not a string
          loss         | 5         | loss: '5' is not known; give one of categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy, mse, mae, huber, log_cosh, mape, msle, poisson, kl_divergence, hinge, squared_hinge, categorical_hinge
          loss         | ["mse"]   | loss: is not a string or an object
          loss         | {}        | loss.type: is required
          metrics      | "acc"     | metrics: is not a list
          dataset      | "flowers" | dataset: is not an object
          dataset      | []        | dataset: is not an object
          dataset.classes | ["a", 1] | dataset.classes[1]: 1 is not a string
          dataset.test_fraction | "0.2" | dataset.test_fraction: is not a number
          augmentation | 3         | augmentation: is not an object
          augmentation.horizontal_flip | 1      | augmentation.horizontal_flip: 1 is not true or false
          augmentation.horizontal_flip | "true" | augmentation.horizontal_flip: is not true or false
          model        | []        | model: is not an object
          model.layers | {}        | model.layers: is not a list
          model.layers[1] | "Flatten" | model.layers[1]: is not an object
          model.layers[1] | 3      | model.layers[1]: is not an object
          optimizer    | 3         | optimizer: 3 is not an optimizer; give a name such as "adam", or an object with a type
          optimizer    | ["adam"]  | optimizer: ["adam"] is not an optimizer; give a name such as "adam", or an object with a type
          optimizer    | {"type": "Adam", "learning_rate": "0.1"} | optimizer.learning_rate: "0.1" is not a learning rate; give a number or a schedule such as {"type": "CosineDecay", ...}
          """)
  void aValueOfTheWrongTypeIsRefused(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          loss                       | "msee"         | loss: 'msee' is not known; give one of categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy, mse, mae, huber, log_cosh, mape, msle, poisson, kl_divergence, hinge, squared_hinge, categorical_hinge
          loss                       | ""             | loss: '' is not known; give one of categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy, mse, mae, huber, log_cosh, mape, msle, poisson, kl_divergence, hinge, squared_hinge, categorical_hinge
          loss                       | "MSE"          | loss: 'MSE' is not known; give one of categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy, mse, mae, huber, log_cosh, mape, msle, poisson, kl_divergence, hinge, squared_hinge, categorical_hinge
          metrics                    | ["acc", "f2"]  | metrics[1]: 'f2' is not known; give one of acc, mae, top_k_categorical_accuracy, precision, recall, f1, auc, mse, rmse, mape, r2
          dataset.color_mode         | "bgr"          | dataset.color_mode: 'bgr' is not known; give one of rgb, grayscale
          augmentation.fill_mode     | "mirror"       | augmentation.fill_mode: 'mirror' is not known; give one of constant, nearest, reflect, wrap
          model.layers[1].activation | "glu"          | model.layers[1].activation: 'glu' is not known; give one of linear, relu, sigmoid, tanh, softmax, elu, selu, softplus, softsign, hard_sigmoid, swish, silu, gelu, leaky_relu, relu6, mish, exponential, hard_silu, hard_swish, celu, log_softmax, log_sigmoid, hard_tanh, tanh_shrink, soft_shrink, hard_shrink, squareplus, hard_sigmoid_keras2
          model.layers[1].type       | "dense"        | model.layers[1].type: 'dense' is not known; did you mean Dense?
          optimizer                  | "newton"          | optimizer: 'newton' is not known; give one of SGD, Adagrad, RMSprop, Adam, Adadelta, AdamW, Adamax, Nadam, Ftrl, Lion
          optimizer                  | {"type": "Adm"}   | optimizer.type: 'Adm' is not known; did you mean Adam?
          optimizer                  | {"type": "Newton"} | optimizer.type: 'Newton' is not known; give one of Adadelta, Adagrad, Adam, AdamW, Adamax, Ftrl, Lion, Nadam, RMSprop, SGD
          """)
  void theErrorForAnUnknownNameListsOrSuggestsKnownOnes(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "Lambda"            | 'Lambda' is not known; all 62 are listed
          5                   | '5' is not known; all 62 are listed
          "Cropping3DThing"   | 'Cropping3DThing' is not known; similar names are Cropping1D, Cropping2D; all 62 are listed
          "AdditiveAttention" | 'AdditiveAttention' is not known; similar names are Attention, MultiHeadAttention; all 62 are listed
          """)
  void theErrorForAnUnknownLayerListsSimilarOnes(String value, String error) {
    assertThat(LayerSpec.all()).hasSize(62);
    refused(
        with(SMALL, "model.layers[1].type", value),
        "model.layers[1].type: " + error + " in contracts/README.md");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          version                    | 2        | version: 2 is out of range; give 1
          epochs                     | 0        | epochs: 0 is out of range; give 1..10000
          epochs                     | 10001    | epochs: 10001 is out of range; give 1..10000
          batch_size                 | 0        | batch_size: 0 is out of range; give 1..4096
          batch_size                 | 4097     | batch_size: 4097 is out of range; give 1..4096
          metrics                    | ["acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc","acc"] | metrics: has 17 elements; give 0..16
          dataset.classes            | ["a"]    | dataset.classes: has 1 element; give 2..1000
          dataset.classes            | ["a", "a"] | dataset.classes[1]: 'a' is given twice
          dataset.test_fraction      | 0        | dataset.test_fraction: 0 is out of range; give a number above 0 and below 1
          dataset.test_fraction      | 1        | dataset.test_fraction: 1 is out of range; give a number above 0 and below 1
          dataset.validation_fraction| -0.1     | dataset.validation_fraction: -0.1 is out of range; give a number from 0 up to but not including 1
          augmentation.rotation_range     | 181 | augmentation.rotation_range: 181 is out of range; give 0..180
          augmentation.width_shift_range  | 4097 | augmentation.width_shift_range: 4097 is not a shift; give a fraction below 1, pixels up to 4096, a list of 1..100 of them, or {"lower": …, "upper": …} with shares of the size
          augmentation.height_shift_range | -1  | augmentation.height_shift_range: -1 is not a shift; give a fraction below 1, pixels up to 4096, a list of 1..100 of them, or {"lower": …, "upper": …} with shares of the size
          augmentation.brightness_range | [2, 1] | augmentation.brightness_range: [2.0, 1.0] is not a range; give [lower, upper]
          augmentation.zca_epsilon | 0 | augmentation.zca_epsilon: 0 is out of range; give a number above 0, at most 1000
          augmentation.transforms | [{"type": "cutot"}] | augmentation.transforms[0].type: 'cutot' is not known; did you mean cutout?
          augmentation.transforms | [{"type": "cutout", "prob": 1}] | augmentation.transforms[0].prob: is not a field here; give one of p, ratio, scale, value
          augmentation.transforms | [{"type": "cutout", "p": 2}] | augmentation.transforms[0].p: 2 is out of range; give 0..1
          augmentation.transforms | [{"type": "gaussian_blur", "kernel_size": 4}] | augmentation.transforms[0].kernel_size: 4 is even; give an odd size
          augmentation.transforms | [{"type": "one_of", "transforms": [{"type": "rotation"}]}] | augmentation.transforms[0].transforms[0].range: is required
          augmentation.transforms | [{"type": "one_of", "transforms": [{"type": "mixup"}]}] | augmentation.transforms[0].transforms[0].type: mixup is not allowed here; give it in augmentation.transforms
          augmentation.transforms | [{"type": "mixup"}, {"type": "mixup"}] | augmentation.transforms: has mixup or cutmix more than once; give each at most once
          augmentation.transforms | [{"type": "sequence", "transforms": [{"type": "jitter"}]}] | augmentation.transforms[0].transforms[0].type: jitter is for series, but the data set is of images
          augmentation.shear_range        | 90  | augmentation.shear_range: 90 is out of range; give 0..89
          augmentation.cval               | 256 | augmentation.cval: 256 is out of range; give 0..255
          augmentation.cval               | 1e999 | augmentation.cval: Infinity is out of range; give 0..255
          augmentation.interpolation_order | 3  | augmentation.interpolation_order: 3 is out of range; give 0..1
          augmentation.rescale       | 0        | augmentation.rescale: 0 is out of range; give a number above 0, at most 1000000
          model.layers[1].units      | 65537    | model.layers[1].units: 65537 is out of range; give 1..65536
          model.layers[0]            | {"type": "Dropout", "rate": 1} | model.layers[0].rate: 1 is out of range; give a number from 0 up to but not including 1
          model.layers[0]            | {"type": "Conv2D", "filters": 0, "kernel_size": 3} | model.layers[0].filters: 0 is out of range; give 1..4096
          model.layers[0]            | {"type": "Conv2D", "filters": 1, "kernel_size": 256} | model.layers[0].kernel_size: 256 is out of range; give 1..255
          model.layers[0]            | {"type": "Conv2D", "filters": 1, "kernel_size": 3, "strides": [1, 0]} | model.layers[0].strides[1]: 0 is out of range; give 1..255
          model.layers[0]            | {"type": "MaxPooling2D", "pool_size": [0, 1]} | model.layers[0].pool_size[0]: 0 is out of range; give 1..255
          model.layers[0]            | {"type": "AveragePooling2D", "pool_size": -2} | model.layers[0].pool_size: -2 is out of range; give 1..255
          model.layers[0]            | {"type": "LSTM", "units": 3, "recurrent_dropout": 1} | model.layers[0].recurrent_dropout: 1 is out of range; give a number from 0 up to but not including 1
          model.layers[0]            | {"type": "LSTM", "units": 8193} | model.layers[0].units: 8193 is out of range; give 1..8192
          optimizer                  | {"type": "Adam", "learning_rate": 0} | optimizer.learning_rate: 0 is out of range; give a number above 0, at most 1000
          optimizer                  | {"type": "Adam", "learning_rate": -0.001} | optimizer.learning_rate: -0.001 is out of range; give a number above 0, at most 1000
          optimizer                  | {"type": "Adam", "beta_1": 1} | optimizer.beta_1: 1 is out of range; give a number from 0 up to but not including 1
          optimizer                  | {"type": "Adam", "beta_2": -1} | optimizer.beta_2: -1 is out of range; give a number from 0 up to but not including 1
          optimizer                  | {"type": "RMSprop", "rho": 1} | optimizer.rho: 1 is out of range; give a number from 0 up to but not including 1
          optimizer                  | {"type": "RMSprop", "epsilon": 0} | optimizer.epsilon: 0 is out of range; give a number above 0, at most 1
          optimizer                  | {"type": "Adagrad", "initial_accumulator_value": -1} | optimizer.initial_accumulator_value: -1 is out of range; give 0..1000000
          optimizer                  | {"type": "SGD", "momentum": 1} | optimizer.momentum: 1 is out of range; give a number from 0 up to but not including 1
          optimizer                  | {"type": "SGD", "nesterov": true} | optimizer.nesterov: needs a momentum above 0
          """)
  void theErrorForAValueOutOfRangeGivesTheRange(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          dataset.image_size | 0          | dataset.image_size: 0 is out of range; give 1..4096
          dataset.image_size | -1         | dataset.image_size: -1 is out of range; give 1..4096
          dataset.image_size | 5000       | dataset.image_size: 5000 is out of range; give 1..4096
          dataset.image_size | [8, 0]     | dataset.image_size[1]: 0 is out of range; give 1..4096
          dataset.image_size | [0, 8]     | dataset.image_size[0]: 0 is out of range; give 1..4096
          dataset.image_size | [8]        | dataset.image_size: [8] is not a valid size; give an integer or [rows, columns]
          dataset.image_size | [1, 2, 3]  | dataset.image_size: [1,2,3] is not a valid size; give an integer or [rows, columns]
          dataset.image_size | "8"        | dataset.image_size: "8" is not a valid size; give an integer or [rows, columns]
          dataset.image_size | 8.5        | dataset.image_size: 8.5 is not a valid size; give an integer or [rows, columns]
          dataset.image_size | true       | dataset.image_size: true is not a valid size; give an integer or [rows, columns]
          dataset.image_size | {}         | dataset.image_size: {} is not a valid size; give an integer or [rows, columns]
          dataset.image_size | [8, 8.5]   | dataset.image_size[1]: 8.5 is not an integer in range
          dataset.image_size | [null, 8]  | dataset.image_size[0]: null is not an integer in range
          dataset.image_size | [99999999999, 1] | dataset.image_size[0]: 99999999999 is not an integer in range
          augmentation.zoom_range | -0.1  | augmentation.zoom_range: -0.1 is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | 1     | augmentation.zoom_range: 1 is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | "0.1" | augmentation.zoom_range: "0.1" is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | {}    | augmentation.zoom_range: {} is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | [1]   | augmentation.zoom_range: [1] is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | [1, "2"]  | augmentation.zoom_range: [1,"2"] is not a zoom; give a number from 0 to 0.99, or [lower, upper]
          augmentation.zoom_range | [2, 1]    | augmentation.zoom_range: [2.0, 1.0] is not a range of factors; give 0.01 <= lower <= upper <= 100
          augmentation.zoom_range | [-1, 1]   | augmentation.zoom_range: [-1.0, 1.0] is not a range of factors; give 0.01 <= lower <= upper <= 100
          augmentation.zoom_range | [1, 1000] | augmentation.zoom_range: [1.0, 1000.0] is not a range of factors; give 0.01 <= lower <= upper <= 100
          """)
  void invalidImageSizesAndZoomsAreRefusedInEveryForm(String field, String value, String error) {
    refused(with(SMALL, field, value), error);
  }

  @Test
  void namesUnsafeForTopicsAndFilesAreRefused() {
    for (String name : new String[] {"a/b", "", ".hidden", "a b", "ä", "../x"}) {
      String value = "\"" + name + "\"";
      refused(with(SMALL, "run", value), "run: '" + name + "'" + NAME_RULE);
      refused(with(SMALL, "experiment", value), "experiment: '" + name + "'" + NAME_RULE);
      refused(with(SMALL, "variant", value), "variant: '" + name + "'" + NAME_RULE);
      refused(with(SMALL, "dataset.name", value), "dataset.name: '" + name + "'" + NAME_RULE);
      refused(
          with(SMALL, "dataset.classes", "[\"a\"," + value + "]"),
          "dataset.classes[1]: '" + name + "'" + NAME_RULE);
      refused(
          with(SMALL, "model.layers[0].name", value),
          "model.layers[0].name: '" + name + "'" + NAME_RULE);
    }
    refused(
        with(SMALL, "run", "\"" + "x".repeat(101) + "\""),
        "run: '" + "x".repeat(57) + "...'" + NAME_RULE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          dataset              | {"name": "d", "column": "c", "windw": 3}          | dataset.windw: is not a field of a series; did you mean window?
          dataset              | {"name": "d", "colum": "c", "windw": 3}           | dataset.colum: is not a field of an image data set; did you mean column?
          dataset              | {"name": "d", "column": "c", "classes": ["a","b"]} | dataset.classes: is not a field of a series; give one of calendar, categorical, column, columns, date_column, date_format, decimal, delimiter, header, horizon, label, missing, name, scaler, season, series_key, stride, target, test_fraction, test_from, thousands, validation_fraction, window
          dataset.column       | "  "             | dataset.column: is blank; give 1..200 characters
          dataset.column       | 3                | dataset.column: 3 is not a string
          dataset.date_column  | ""               | dataset.date_column: is blank; give 1..200 characters
          dataset.window       | 0                | dataset.window: 0 is out of range; give 1..10000
          dataset.window       | 10001            | dataset.window: 10001 is out of range; give 1..10000
          dataset.horizon      | 0                | dataset.horizon: 0 is out of range; give 1..1000
          dataset.scaler       | "minmax"         | dataset.scaler: 'minmax' is not known; give one of min_max, standard, none
          dataset.date_column  | ["a"]            | dataset.date_column: ["a"] is not a column; give a name, a list of two (day and time of day), or null for rows without dates
          dataset.date_column  | ["a", 1]         | dataset.date_column[1]: 1 is not a column's name
          dataset.date_column  | ["a", ""]        | dataset.date_column[1]: is blank; give 1..200 characters
          dataset.date_column  | ["a", "a"]       | dataset.date_column[1]: is the same column as the first; give another one
          dataset.date_format  | "day first"      | dataset.date_format: 'day first' is not a date format: it has no year, %Y or %y; give a pattern such as %d/%m/%Y, epoch_seconds or epoch_milliseconds
          dataset.date_format  | "%Y-%q"          | dataset.date_format: '%Y-%q' is not a date format: %q is not known; give one of %Y %y %m %b %B %d %j %H %I %p %M %S %f %z %%; give a pattern such as %d/%m/%Y, epoch_seconds or epoch_milliseconds
          dataset.date_format  | "%Y%"            | dataset.date_format: '%Y%' is not a date format: % is not known; give one of %Y %y %m %b %B %d %j %H %I %p %M %S %f %z %%; give a pattern such as %d/%m/%Y, epoch_seconds or epoch_milliseconds
          dataset.date_format  | "%Y %Y"          | dataset.date_format: '%Y %Y' is not a date format: %Y is given twice; give a pattern such as %d/%m/%Y, epoch_seconds or epoch_milliseconds
          dataset              | {"name": "d", "column": "c", "date_column": null, "date_format": "%Y"} | dataset.date_format: cannot be combined with date_column null: there are no dates; leave one of them out
          dataset.delimiter    | "::"             | `dataset.delimiter: '::' is not supported; give one of ',' ';' a tab '|'`
          dataset.decimal      | ";"              | dataset.decimal: ';' is not supported; give one of '.' ','
          dataset.thousands    | "_"              | dataset.thousands: '_' is not supported; give one of ',' '.' ' ' '''
          dataset              | {"name": "d", "column": "c", "decimal": ",", "thousands": ","} | dataset.thousands: is the same as decimal; give another one
          dataset.series_key   | {"value": "a"}   | dataset.series_key.column: is required
          dataset.columns      | ["a"]            | dataset.column: cannot be combined with columns; give one of the two
          dataset.target       | "a"              | dataset.target: cannot be combined with column, which is both input and target; give columns instead of column
          dataset              | {"name": "d", "columns": ["a"]} | dataset.target: is required with columns: the predicted columns; or give label
          dataset              | {"name": "d", "columns": ["a", "a"], "target": "b"} | dataset.columns[1]: 'a' is given twice
          dataset              | {"name": "d", "columns": ["a"], "target": "b", "label": "c"} | dataset.target: cannot be combined with label, the class of a window; give one of the two
          dataset              | {"name": "d", "columns": ["a"], "label": "c", "horizon": 1} | dataset.horizon: cannot be combined with label, the class of a window; give one of the two
          dataset              | {"name": "d", "columns": ["a"], "label": "c", "season": 1} | dataset.season: cannot be combined with label: the seasonal baseline predicts values; leave it out
          dataset              | {"name": "d", "columns": ["a"], "target": "b", "categorical": ["c"]} | dataset.categorical[0]: 'c' is not one of the columns; add it to them
          dataset              | {"name": "d", "columns": ["a"], "target": ["b", "a"], "categorical": ["a"]} | dataset.target[1]: 'a' is categorical, and only numbers can be predicted; leave it out
          dataset.categorical  | ["c"]            | dataset.categorical: cannot be combined with column, which holds numbers; give columns instead of column
          dataset.calendar     | ["day"]          | dataset.calendar[0]: 'day' is not known; give one of hour, weekday, month
          dataset.calendar     | ["hour", "hour"] | dataset.calendar[1]: hour is given twice
          dataset              | {"name": "d", "column": "c", "date_column": null, "calendar": ["hour"]} | dataset.calendar: needs dates, but date_column is null; leave one of them out
          dataset.test_from    | "2020-10-01T25:00" | dataset.test_from: '2020-10-01T25:00' is not a date; give one such as 2020-10-01, 2020-10 or 2020-10-01T12:00
          dataset.test_from    | "2020-13"        | dataset.test_from: '2020-13' is not a date; give one such as 2020-10-01, 2020-10 or 2020-10-01T12:00
          dataset.test_from    | "2020-02-30"     | dataset.test_from: '2020-02-30' is not a date; give one such as 2020-10-01, 2020-10 or 2020-10-01T12:00
          dataset.test_from    | ""               | dataset.test_from: '' is not a date; give one such as 2020-10-01, 2020-10 or 2020-10-01T12:00
          dataset              | {"name": "d", "column": "c", "test_from": "2020-10", "test_fraction": 0.1} | dataset.test_fraction: cannot be combined with test_from; give one of the two
          loss                 | "categorical_crossentropy" | loss: categorical_crossentropy needs class labels, but a series data set has none; give mse
          metrics              | ["mae", "acc"]   | metrics[1]: acc needs class labels, but a series data set has none; give mae
          augmentation.cval    | 3                | augmentation: has fields for images, but the data set is a series; give only transforms such as window_slicing, jitter, scaling, magnitude_warping, time_warping
          augmentation.transforms | [{"type": "grayscale"}] | augmentation.transforms[0].type: grayscale is for images, but the data set is a series; give one of window_slicing, jitter, scaling, magnitude_warping, time_warping
          """)
  void invalidFieldsForASeriesAreRefused(String field, String value, String error) {
    refused(with(SMALL_SERIES, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          dataset              | {"name": "d", "features": ["a"]}                  | dataset.target: is required
          dataset              | {"name": "d", "target": "c", "feature": ["a"]}    | dataset.feature: is not a field of a data set of rows; did you mean features?
          dataset              | {"name": "d", "target": ["c"]}                    | dataset.target: is not a string
          dataset.features     | ["a", "c"]       | dataset.features[1]: 'c' is the target, which cannot be an input; leave it out
          dataset.features     | []               | dataset.features: has 0 elements; give 1..256
          dataset.categorical  | ["c"]            | dataset.categorical[0]: 'c' is the target; give target_type: class
          dataset              | {"name": "d", "target": "c", "features": ["a"], "categorical": ["b"]} | dataset.categorical[0]: 'b' is not one of the features; add it to them
          dataset.target_type  | "text"           | dataset.target_type: 'text' is not known; give one of class, number
          dataset.missing      | "interpolate"    | dataset.missing: 'interpolate' is not known; give one of refuse, drop_rows
          dataset              | {"name": "d", "target": "c", "window": 3}         | dataset.column: is required
          augmentation.transforms | [{"type": "time_warping"}] | augmentation.transforms[0].type: time_warping is for series, but the data set is of rows; give one of jitter, scaling
          """)
  void invalidFieldsForRowsAreRefused(String field, String value, String error) {
    refused(with(SMALL_ROWS, field, value), error);
  }

  @Test
  void aNumberTargetAllowsNoClassLossAndNoClassWeights() {
    byte[] number = with(SMALL_ROWS, "dataset.target_type", "\"number\"");
    refused(
        with(new String(number), "loss", "\"categorical_crossentropy\""),
        "loss: categorical_crossentropy needs class labels, but the target is a number; give mse,"
            + " or"
            + " dataset.target_type: class");
    refused(
        with(new String(number), "class_weight", "\"balanced\""),
        "class_weight: needs class labels, but the target is a number");
    // Only the data show whether the target is a class, so this request is not refused yet.
    Messages.readRequest(with(SMALL_ROWS, "loss", "\"categorical_crossentropy\""));
  }

  @Test
  void standardizedImagesTakeFourTimesTheBytes() {
    String large = new String(with(SMALL, "dataset.image_size", "300"));
    refused(
        with(
            new String(with(large, "batch_size", "100")),
            "augmentation",
            "{\"samplewise_center\": true}"),
        "batch_size: 100 samples of this data set make batches of 108000000 bytes; give at most"
            + " 31");
  }

  @Test
  void onlySmallImagesCanBeWhitened() {
    String small = new String(with(SMALL, "dataset.image_size", "56"));
    refused(
        with(small, "augmentation", "{\"zca_whitening\": true}"),
        "augmentation.zca_whitening: needs a square matrix with a row for each value of an image,"
            + " and these images have 3136 values; give dataset.image_size and color_mode for at"
            + " most"
            + " 3072");
  }

  @Test
  void aBatchThatDoesNotFitIntoARecordIsRefused() {
    refused(
        with(new String(with(SMALL, "batch_size", "4000")), "dataset.image_size", "300"),
        "batch_size: 4000 samples of this data set make batches of 1080000000 bytes; give at most"
            + " 124");
    refused(
        with(new String(with(SMALL, "batch_size", "1")), "dataset.image_size", "4096"),
        "dataset.image_size: one image takes 50331648 bytes; give a size of at most 33554432");
    refused(
        with(new String(with(SMALL_SERIES, "batch_size", "4096")), "dataset.window", "10000"),
        "batch_size: 4096 samples of this data set make batches of 163856384 bytes; give at most"
            + " 838");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      emptyValue = "",
      textBlock =
          """
          ``                        | the message is empty; give a JSON object
          `   `                     | the message is empty; give a JSON object
          null                      | the message is null; give a JSON object
          []                        | the message is not an object
          5                         | the message is not an object
          "x"                       | the message is not an object
          {}                        | dataset: is required
          {} {}                     | dataset: is required
          not json                  | not JSON, at line 1, column 1: Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
          {                         | not JSON, at line 1, column 2: Unexpected end-of-input: expected close marker for Object
          {"loss": 'mse'}           | not JSON, at line 1, column 10, in loss: Unexpected character (''' (code 39)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
          {"dataset": {"name": "d",}} | not JSON, at line 1, column 26, in dataset.name: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
          {"epochs": 1, "epochs": 2}  | epochs: is given twice; give it once
          {"dataset": {"name": "d", "name": "e"}} | dataset.name: is given twice; give it once
          {"model": {"layers": [{"type": "Dense", "units": 1, "units": 2}]}} | model.layers[0].units: is given twice; give it once
          {"augmentation": {"cval": NaN}}       | augmentation.cval: NaN is not a number in JSON; give a finite number
          {"augmentation": {"cval": -Infinity}} | augmentation.cval: -Infinity is not a number in JSON; give a finite number
          {"dataset": {"test_fraction": NaN}}   | dataset.test_fraction: NaN is not a number in JSON; give a finite number
          """)
  void anythingButOneValidJsonObjectIsRefused(String json, String error) {
    refused(bytes(json), error);
  }

  @Test
  void nothingMayFollowTheRequest() {
    refused(
        bytes(SMALL + "{}"),
        "something follows the message; give one JSON object and nothing after it");
    assertThat(catchThrowable(() -> Messages.readRequest(bytes(SMALL.strip() + " x"))))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("not JSON, at line 5, column 3: Unrecognized token 'x'");
  }

  @Test
  void bytesThatAreNotTextAreRefused() {
    refused(null, "the message is empty; give a JSON object");
    refused(new byte[] {0, 0, 0, 0x7B, 0x7F, 0, 0, 0}, "not JSON: the bytes are not Unicode text");
    assertThatThrownBy(() -> Messages.readRequest(new byte[] {'{', '"', (byte) 0xFF, '"', '}'}))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("not JSON, at line 1");
  }

  @Test
  void tagsAreFewShortNamesThatDoNotAffectTheTraining() {
    refused(with(SMALL, "tags", "[\"a\", \"b c\"]"), "tags[1]: 'b c'" + NAME_RULE);
    String long65 = "x".repeat(65);
    refused(with(SMALL, "tags", "[\"" + long65 + "\"]"), "tags[0]: has 65 characters; give 1..64");
    refused(
        with(SMALL, "tags", "[" + "\"a\",".repeat(16) + "\"a\"]"),
        "tags: has 17 elements; give 0..16");

    var tagged = Messages.readRequest(with(SMALL, "tags", "[\"baseline\", \"night\"]"));
    assertThat(tagged.withRun("r").tags()).containsExactly("baseline", "night");
    assertThat(tagged.course()).isEqualTo(Messages.readRequest(bytes(SMALL)).course());
  }

  @Test
  void hugeAndDeeplyNestedMessagesAreRefused() {
    refused(
        new byte[Messages.MAX_BYTES + 1], "the message has 4194305 bytes; give at most 4194304");
    refused(
        bytes("{\"dataset\":" + "[".repeat(1_000_000)),
        "the message is nested more than 64 levels deep, in dataset");
    refused(
        with(SMALL, "colour", "1" + "0".repeat(500)),
        "colour: is not a field here; give one of augmentation, batch_size, callbacks, class_weight,"
            + " dataset, epochs, experiment, extend, initial_weights, loss, metrics, model,"
            + " optimizer, priority, run, seed, tags, variant, version");
  }

  @Test
  void anErrorStaysShortForAHugeRequest() {
    String huge = "x".repeat(1_000_000);
    String quoted = "\"" + huge + "\"";
    for (byte[] request :
        new byte[][] {
          with(SMALL, huge, "1"),
          with(SMALL, "run", quoted),
          with(SMALL, "loss", quoted),
          with(SMALL, "epochs", quoted),
          with(SMALL, "dataset.image_size", quoted),
          with(SMALL, "dataset.image_size", "[1," + quoted + "]"),
          with(SMALL, "augmentation.zoom_range", quoted),
          with(SMALL, "model.layers[0].type", quoted),
          with(SMALL, "model.layers[0]." + huge, "{}"),
          bytes("{" + quoted + ":1," + quoted + ":2}"),
          bytes(huge),
        }) {
      assertThat(catchThrowable(() -> Messages.readRequest(request)))
          .isInstanceOf(InvalidMessageException.class)
          .extracting(Throwable::getMessage, STRING)
          .hasSizeLessThan(1000);
    }
  }

  /** Any bytes are read as a request or refused with an error; a trainer survives both. */
  @Property(tries = 3000)
  void damagedRequestsAreReadOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int damages) {
    var random = new Random(seed);
    byte[] request = bytes(random.nextBoolean() ? SMALL : SMALL_SERIES);
    for (int i = 0; i < damages; i++) {
      int at = random.nextInt(request.length);
      switch (random.nextInt(4)) {
        case 0 -> request[at] = (byte) random.nextInt(256);
        case 1 -> request[at] = (byte) "{}[]\",:0123456789.-eEntf ".charAt(random.nextInt(25));
        case 2 -> request = Arrays.copyOf(request, Math.max(1, at));
        default -> System.arraycopy(request, 0, request, at, request.length - at);
      }
    }
    byte[] damaged = request;
    Throwable error = catchThrowable(() -> Messages.readRequest(damaged));
    if (error != null) {
      assertThat(error).isInstanceOf(InvalidMessageException.class).message().isNotBlank();
    }
  }

  private static void refused(byte[] request, String error) {
    assertThatThrownBy(() -> Messages.readRequest(request))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(error);
  }
}
