package io.millrace.augmentation.transform;

import io.millrace.contracts.request.ShiftRange;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.request.ZoomRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the steps for a request's image transforms. Each step has its own stream of random
 * numbers, keyed by its position: adding a transform, or drawing more numbers in one, does not
 * change the others.
 */
final class TransformSteps {
  private final int height;
  private final int width;
  private final int channels;

  TransformSteps(int height, int width, int channels) {
    this.height = height;
    this.width = width;
    this.channels = channels;
  }

  /** Draws the parameters of a transform that is applied. */
  private interface Draw {
    void draw(SplitMix64 random, TransformStep.Key key, SamplePlan plan);
  }

  /**
   * Creates a step.
   *
   * @param place the position of the transform in the request
   */
  TransformStep of(TransformSpec spec, long place) {
    var random = new SplitMix64();
    double p = spec.p();
    Draw draw = draw(spec, place);
    return (key, plan) -> {
      random.reset(SplitMix64.Use.TRANSFORM, key.seed(), key.epoch(), key.sample(), place);
      if (random.happens(p)) {
        draw.draw(random, key, plan);
      }
    };
  }

  private List<TransformStep> within(TransformSpec spec, long place) {
    var steps = new ArrayList<TransformStep>();
    for (TransformSpec inner : spec.inner()) {
      steps.add(of(inner, place * (TransformSpec.MAX_TRANSFORMS + 1) + steps.size() + 1));
    }
    return steps;
  }

  private Draw draw(TransformSpec spec, long place) {
    if (spec instanceof TransformSpec.OneOf) {
      List<TransformStep> steps = within(spec, place);
      return (random, key, plan) -> steps.get(random.below(steps.size())).draw(key, plan);
    }
    if (spec instanceof TransformSpec.Sequence) {
      List<TransformStep> steps = within(spec, place);
      return (random, key, plan) -> {
        for (TransformStep step : steps) {
          step.draw(key, plan);
        }
      };
    }
    if (spec instanceof TransformSpec.RandAugment augment) {
      var rand = new RandAugmentation(augment, height, width, channels);
      return (random, key, plan) -> rand.draw(random, plan);
    }
    Draw geometric = geometric(spec);
    return geometric == null ? colours(spec) : geometric;
  }

  private Draw geometric(TransformSpec spec) {
    if (spec instanceof TransformSpec.Rotation rotation) {
      double lower = rotation.range().lower();
      double upper = rotation.range().upper();
      return (random, key, plan) -> plan.map.rotate(random.uniform(lower, upper));
    }
    if (spec instanceof TransformSpec.Shift shift) {
      return (random, key, plan) -> {
        double right = shift(random, shift.width(), width);
        double down = shift(random, shift.height(), height);
        plan.map.shift(right, down);
      };
    }
    if (spec instanceof TransformSpec.Shear shear) {
      return (random, key, plan) -> plan.map.shear(symmetric(random, shear.range()));
    }
    if (spec instanceof TransformSpec.Zoom zoom) {
      return zoom(zoom.columns(), zoom.range(), zoom.keepAspectRatio() != null);
    }
    if (spec instanceof TransformSpec.HorizontalFlip) {
      return (random, key, plan) -> plan.map.flipHorizontal();
    }
    if (spec instanceof TransformSpec.VerticalFlip) {
      return (random, key, plan) -> plan.map.flipVertical();
    }
    if (spec instanceof TransformSpec.Perspective perspective) {
      return (random, key, plan) -> perspective(random, perspective.distortion(), plan.map);
    }
    if (spec instanceof TransformSpec.Elastic elastic) {
      var field = new ElasticField(height, width, elastic.sigma());
      return (random, key, plan) -> {
        field.draw(random, elastic.alpha());
        plan.displace(field);
      };
    }
    return crop(spec);
  }

  private static Draw zoom(ZoomRange width, ZoomRange height, boolean alike) {
    return (random, key, plan) -> {
      double columns = random.uniform(width.lower(), width.upper());
      double rows = alike ? columns : random.uniform(height.lower(), height.upper());
      plan.map.zoom(columns, rows);
    };
  }

  private Draw crop(TransformSpec spec) {
    if (spec instanceof TransformSpec.RandomCrop crop) {
      return (random, key, plan) -> {
        int top = random.below(height - crop.height() + 1);
        int left = random.below(width - crop.width() + 1);
        window(plan.map, top, left, crop.height(), crop.width());
      };
    }
    if (spec instanceof TransformSpec.CenterCrop crop) {
      double top = (height - crop.height()) / 2;
      double left = (width - crop.width()) / 2;
      return (random, key, plan) -> window(plan.map, top, left, crop.height(), crop.width());
    }
    if (spec instanceof TransformSpec.RandomResizedCrop crop) {
      return (random, key, plan) -> {
        double area = random.uniform(crop.scale().get(0), crop.scale().get(1)) * height * width;
        double ratio = logarithmic(random, crop.ratio());
        double rows = Math.min(height, Math.sqrt(area / ratio));
        double columns = Math.min(width, Math.sqrt(area * ratio));
        double top = random.nextDouble() * (height - rows);
        double left = random.nextDouble() * (width - columns);
        window(plan.map, top, left, rows, columns);
      };
    }
    return null;
  }

  /** Scales a window to the image's size. */
  private void window(GeometricMap map, double top, double left, double rows, double columns) {
    map.append(
        columns / width,
        0,
        left + columns / 2 - width / 2.0,
        0,
        rows / height,
        top + rows / 2 - height / 2.0);
  }

  private Draw colours(TransformSpec spec) {
    if (spec instanceof TransformSpec.Brightness brightness) {
      var op = new PixelOps.Brightness();
      double lower = brightness.range().get(0);
      double upper = brightness.range().get(1);
      return (random, key, plan) -> {
        op.set(random.uniform(lower, upper));
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.BrightnessShift shift) {
      var op = new PixelOps.Linear();
      double lower = 255 * shift.range().get(0);
      double upper = 255 * shift.range().get(1);
      return (random, key, plan) -> {
        op.set(1, random.uniform(lower, upper));
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.Contrast contrast) {
      var op = new PixelOps.Contrast(channels);
      double lower = contrast.range().get(0);
      double upper = contrast.range().get(1);
      return (random, key, plan) -> {
        op.set(random.uniform(lower, upper));
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.ChannelShift shift) {
      var op = new PixelOps.ChannelShift();
      return (random, key, plan) -> {
        op.set(symmetric(random, shift.range()));
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.ColorJitter jitter) {
      return jitter(jitter);
    }
    if (spec instanceof TransformSpec.Grayscale) {
      var op = new PixelOps.Saturation();
      op.set(0);
      return (random, key, plan) -> plan.ops.add(op);
    }
    if (spec instanceof TransformSpec.GaussianBlur blur) {
      var op = new GaussianBlurOp(blur.kernelSize());
      return (random, key, plan) -> {
        op.set(random.uniform(blur.sigma().get(0), blur.sigma().get(1)));
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.GaussianNoise noise) {
      var op = new PixelOps.Noise();
      return (random, key, plan) -> {
        op.set(random.nextLong(), noise.stddev());
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.SaltAndPepper noise) {
      var op = new PixelOps.SaltAndPepper();
      return (random, key, plan) -> {
        op.set(random.nextLong(), noise.amount());
        plan.ops.add(op);
      };
    }
    if (spec instanceof TransformSpec.Cutout cutout) {
      return cutout(cutout);
    }
    throw new IllegalArgumentException(spec.type() + " does not transform images");
  }

  private static Draw jitter(TransformSpec.ColorJitter jitter) {
    var brightness = new PixelOps.Linear();
    var contrast = new PixelOps.Linear();
    var hsv = new HsvJitter();
    boolean inHsv = jitter.hue() > 0 || jitter.saturation() > 0 || jitter.value() > 0;
    return (random, key, plan) -> {
      double factor = factor(random, jitter.brightness());
      double spread = factor(random, jitter.contrast());
      double hue = symmetric(random, jitter.hue());
      double saturation = factor(random, jitter.saturation());
      double value = factor(random, jitter.value());
      if (jitter.brightness() > 0) {
        brightness.set(factor, 0);
        plan.ops.add(brightness);
      }
      if (jitter.contrast() > 0) {
        contrast.set(spread, plan.sampler.meanGrey() * (1 - spread));
        plan.ops.add(contrast);
      }
      if (inHsv) {
        hsv.set(hue, saturation, value);
        plan.ops.add(hsv);
      }
    };
  }

  private Draw cutout(TransformSpec.Cutout cutout) {
    var op = new PixelOps.Cutout();
    return (random, key, plan) -> {
      double area = random.uniform(cutout.scale().get(0), cutout.scale().get(1)) * height * width;
      double ratio = logarithmic(random, cutout.ratio());
      int rows = (int) Math.min(height, Math.rint(Math.sqrt(area / ratio)));
      int columns = (int) Math.min(width, Math.rint(Math.sqrt(area * ratio)));
      int top = random.below(height - rows + 1);
      int left = random.below(width - columns + 1);
      op.set(top, left, top + rows, left + columns, cutout.value());
      plan.ops.add(op);
    };
  }

  /** Moves the corners inwards and appends the map that takes the result's corners from there. */
  private void perspective(SplitMix64 random, double distortion, GeometricMap map) {
    double reachX = distortion * width / 2;
    double reachY = distortion * height / 2;
    double[] x = new double[4];
    double[] y = new double[4];
    for (int corner = 0; corner < 4; corner++) {
      double right = corner % 2 == 0 ? -1 : 1;
      double down = corner < 2 ? -1 : 1;
      x[corner] = right * ((width - 1) / 2.0 - random.nextDouble() * reachX);
      y[corner] = down * ((height - 1) / 2.0 - random.nextDouble() * reachY);
    }
    // Heckbert 1989: the unit square onto a quadrilateral, corners (0,0), (1,0), (0,1), (1,1).
    double dx1 = x[1] - x[3];
    double dx2 = x[2] - x[3];
    double dy1 = y[1] - y[3];
    double dy2 = y[2] - y[3];
    double sx = x[0] - x[1] + x[3] - x[2];
    double sy = y[0] - y[1] + y[3] - y[2];
    double det = dx1 * dy2 - dx2 * dy1;
    double g = det == 0 ? 0 : (sx * dy2 - dx2 * sy) / det;
    double h = det == 0 ? 0 : (dx1 * sy - sx * dy1) / det;
    double a = x[1] - x[0] + g * x[1];
    double b = x[2] - x[0] + h * x[2];
    double d = y[1] - y[0] + g * y[1];
    double e = y[2] - y[0] + h * y[2];
    // From centred pixels to the unit square.
    double u = width > 1 ? 1.0 / (width - 1) : 0;
    double v = height > 1 ? 1.0 / (height - 1) : 0;
    map.appendProjective(
        a * u,
        b * v,
        (a + b) / 2 + x[0],
        d * u,
        e * v,
        (d + e) / 2 + y[0],
        g * u,
        h * v,
        (g + h) / 2 + 1);
  }

  /** Draws a shift in pixels like Keras. */
  static double shift(SplitMix64 random, ShiftRange range, int size) {
    if (!range.bounds().isEmpty()) {
      // To move the image to the right, take its pixels from the left.
      return -size * random.uniform(range.bounds().get(0), range.bounds().get(1));
    }
    double drawn;
    if (!range.choices().isEmpty()) {
      drawn = sign(random) * range.choices().get(random.below(range.choices().size()));
    } else if (range.whole()) {
      drawn = sign(random) * random.below((int) range.range());
    } else {
      drawn = symmetric(random, range.range());
    }
    return range.isFraction() ? drawn * size : drawn;
  }

  private static int sign(SplitMix64 random) {
    return random.nextDouble() < 0.5 ? -1 : 1;
  }

  private static double symmetric(SplitMix64 random, double range) {
    return random.uniform(-range, range);
  }

  private static double factor(SplitMix64 random, double range) {
    return random.uniform(1 - range, 1 + range);
  }

  private static double logarithmic(SplitMix64 random, List<Double> range) {
    return StrictMath.exp(
        random.uniform(StrictMath.log(range.get(0)), StrictMath.log(range.get(1))));
  }
}
