package io.millrace.augmentation.transform;

import java.util.ArrayList;
import java.util.List;

/**
 * The transforms drawn for one sample: the map of its pixels and the changes of its colours, in
 * order.
 */
final class SamplePlan {
  final ImageSampler sampler;
  final GeometricMap map = new GeometricMap();
  final List<PixelOp> ops = new ArrayList<>();
  private ElasticField elastic;

  SamplePlan(ImageSampler sampler) {
    this.sampler = sampler;
  }

  void reset() {
    map.reset();
    ops.clear();
    elastic = null;
  }

  /** Adds displacements of pixels; if there are several fields, the last one applies. */
  void displace(ElasticField field) {
    elastic = field;
  }

  /** The displacements; null for none. */
  ElasticField elastic() {
    return elastic;
  }
}
