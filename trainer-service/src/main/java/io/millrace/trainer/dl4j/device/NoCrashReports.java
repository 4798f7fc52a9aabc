package io.millrace.trainer.dl4j.device;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.util.CrashReportingUtil;

/**
 * In a native executable, Deeplearning4j writes no crash reports, which are switched off on a JVM:
 * they name a library that is on no class path of ours.
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
