package io.millrace.augmentation.transform;

import java.util.ArrayList;
import java.util.List;

/**
 * What was drawn for one sample: the map of its pixels and the changes of its colours, in order.
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

  /** Displaces pixels too; of several fields the last one counts. */
  void displace(ElasticField field) {
    elastic = field;
  }

  /** The displacements; null for none. */
  ElasticField elastic() {
    return elastic;
  }
}
