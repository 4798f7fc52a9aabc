package io.millrace.trainer.dl4j.device;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.util.CrashReportingUtil;

/**
 * Disables Deeplearning4j's crash reports in a native executable: they refer to a library that is
 * not on our classpath. On a JVM a setting disables them.
 */
@TargetClass(CrashReportingUtil.class)
final class NoCrashReports {
  private NoCrashReports() {}

  @Substitute
  static void writeMemoryCrashDump(Model model, Throwable failure) {}

  @Substitute
  static String generateMemoryStatus(Model model, int batchSize, InputType... types) {
    return "";
  }
}
