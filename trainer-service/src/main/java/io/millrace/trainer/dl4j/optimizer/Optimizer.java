package io.millrace.trainer.dl4j.optimizer;

import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.trainer.dl4j.device.FloatBlocks;
import io.millrace.trainer.dl4j.weights.Extent;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An optimizer and its state, which is in native memory: for each slot of {@link #slots} one number
 * for each parameter. As in Keras, a step clips the gradient, decays the weights and updates them,
 * in one pass over blocks that fit the processor's cache. Clipping by a norm needs another pass
 * over the gradient before.
 */
public final class Optimizer implements AutoCloseable {
  private static final int BLOCK = 4_096;

  private final OptimizerSpec spec;
  private final UpdateRule rule;
  private final List<Extent> variables;
  private final long parameters;
  private final List<FloatPointer> slots = new ArrayList<>();
  private final float[] w = new float[BLOCK];
  private final float[] g = new float[BLOCK];
  private final float[][] s;

  /**
   * Creates the initial state.
   *
   * @param variables the trainable variables
   * @param parameters the number of all parameters in the network
   */
  public Optimizer(OptimizerSpec spec, List<Extent> variables, long parameters) {
    this.spec = spec;
    this.rule = UpdateRule.of(spec);
    this.variables = variables;
    this.parameters = parameters;
    this.s = new float[slots(spec)][BLOCK];
    for (int slot = 0; slot < s.length; slot++) {
      Arrays.fill(w, rule.initial(slot));
      var state = new FloatPointer(parameters);
      for (long at = 0; at < parameters; at += BLOCK) {
        state.position(at).put(w, 0, block(parameters - at));
      }
      slots.add(state);
    }
  }

  /** The number of state values that an optimizer keeps for each parameter. */
  public static int slots(OptimizerSpec optimizer) {
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0 ? 0 : 1;
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return 1 + (rms.momentum() > 0 ? 1 : 0) + (rms.centered() ? 1 : 0);
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    if (optimizer instanceof OptimizerSpec.AdamW adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    return optimizer instanceof OptimizerSpec.Adagrad || optimizer instanceof OptimizerSpec.Lion
        ? 1
        : 2;
  }

  /**
   * Makes a step.
   *
   * @param weights all parameters, updated in place
   * @param gradient the loss's gradient with respect to them
   * @param step counts from 0
   * @param rate the learning rate
   */
  public void apply(FloatPointer weights, FloatPointer gradient, long step, double rate) {
    UpdateRule.Update update = rule.at(step, (float) rate);
    double global = spec.globalClipnorm() == null ? 0 : norm(gradient, variables);
    for (Extent variable : variables) {
      float scale = scale(gradient, variable, global);
      long end = variable.start() + variable.length();
      for (long at = variable.start(); at < end; at += BLOCK) {
        int n = block(end - at);
        weights.position(at).get(w, 0, n);
        gradient.position(at).get(g, 0, n);
        clip(scale, n);
        decay((float) rate, n);
        updateState(update, at, n);
        weights.position(at).put(w, 0, n);
      }
    }
    weights.position(0);
    gradient.position(0);
  }

  private void updateState(UpdateRule.Update update, long at, int n) {
    for (int slot = 0; slot < s.length; slot++) {
      slots.get(slot).position(at).get(s[slot], 0, n);
    }
    update.apply(w, g, s, n);
    for (int slot = 0; slot < s.length; slot++) {
      slots.get(slot).position(at).put(s[slot], 0, n);
    }
  }

  /** The factor for a variable's gradient that keeps all norms within their limits. */
  private float scale(FloatPointer gradient, Extent variable, double global) {
    if (spec.clipnorm() != null) {
      double clip = spec.clipnorm();
      return (float) (clip / Math.max(clip, norm(gradient, List.of(variable))));
    }
    if (spec.globalClipnorm() != null) {
      double clip = spec.globalClipnorm();
      return (float) (clip / Math.max(clip, global));
    }
    return 1;
  }

  private double norm(FloatPointer gradient, List<Extent> of) {
    double sum = 0;
    for (Extent variable : of) {
      long end = variable.start() + variable.length();
      for (long at = variable.start(); at < end; at += BLOCK) {
        int n = block(end - at);
        gradient.position(at).get(g, 0, n);
        for (int i = 0; i < n; i++) {
          sum += (double) g[i] * g[i];
        }
      }
    }
    return Math.sqrt(sum);
  }

  private void clip(float scale, int n) {
    if (scale != 1) {
      for (int i = 0; i < n; i++) {
        g[i] *= scale;
      }
    }
    if (spec.clipvalue() != null) {
      float clip = spec.clipvalue().floatValue();
      for (int i = 0; i < n; i++) {
        g[i] = Math.max(-clip, Math.min(clip, g[i]));
      }
    }
  }

  private void decay(float rate, int n) {
    if (spec.weightDecay() != null && spec.weightDecay() > 0) {
      float decay = spec.weightDecay().floatValue();
      for (int i = 0; i < n; i++) {
        w[i] -= w[i] * decay * rate;
      }
    }
  }

  /** Writes the state: slot by slot, single precision, little-endian. */
  public void save(OutputStream out) throws IOException {
    var blocks = new FloatBlocks(ByteOrder.LITTLE_ENDIAN);
    for (FloatPointer slot : slots) {
      blocks.write(slot, parameters, out);
    }
  }

  /** Restores a saved state. */
  public void restore(DataInputStream in) throws IOException {
    var blocks = new FloatBlocks(ByteOrder.LITTLE_ENDIAN);
    for (FloatPointer slot : slots) {
      blocks.read(in, slot, parameters);
    }
    if (in.read() >= 0) {
      throw new IOException("has more optimizer state than " + spec.type() + " needs");
    }
  }

  private static int block(long rest) {
    return (int) Math.min(BLOCK, rest);
  }

  @Override
  public void close() {
    slots.forEach(FloatPointer::close);
  }
}
