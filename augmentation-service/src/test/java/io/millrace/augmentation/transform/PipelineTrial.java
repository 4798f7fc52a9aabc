package io.millrace.augmentation.transform;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;

final class PipelineTrial {
  private PipelineTrial() {}

  public static void main(String[] args) {
    String keras = "\"rotation_range\":10,\"zoom_range\":0.1,\"width_shift_range\":0.2,\"height_shift_range\":0.2,\"horizontal_flip\":true";
    String[] texts = {
      "{" + keras + "}",
      "{" + keras + ",\"transforms\":[{\"type\":\"color_jitter\",\"hue\":0.1,\"saturation\":0.3,\"value\":0.3}]}",
      "{" + keras + ",\"transforms\":[{\"type\":\"color_jitter\",\"hue\":0.1,\"saturation\":0.3,\"value\":0.3},{\"type\":\"gaussian_blur\"},{\"type\":\"gaussian_noise\"},{\"type\":\"cutout\",\"scale\":[0.04,0.04],\"ratio\":[1,1]}]}"
    };
    byte[] source = new byte[150 * 150 * 3];
    for (int i = 0; i < source.length; i++) {
      source[i] = (byte) (128 + 100 * Math.sin(i * 0.001) + i % 7);
    }
    byte[] batch = new byte[16 * source.length];
    var bean = java.lang.management.ManagementFactory.getThreadMXBean();
    int which = Integer.parseInt(args[0]);
    var pipeline =
        new ImagePipeline(
            Messages.read(texts[which].getBytes(), Augmentation.class), 150, 150, 3);
    double best = 0;
    for (int round = 0; round < 10; round++) {
      long start = bean.getCurrentThreadCpuTime();
      int n = 2000;
      for (int i = 0; i < n; i++) {
        pipeline.apply(1, round, i, source, batch, i % 16 * source.length);
      }
      best = Math.max(best, n / ((bean.getCurrentThreadCpuTime() - start) * 1e-9));
    }
    System.out.printf("%d: %.0f samples/CPU s%n", which, best);
  }
}
