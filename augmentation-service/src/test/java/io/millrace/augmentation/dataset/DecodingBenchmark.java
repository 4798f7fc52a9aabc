package io.millrace.augmentation.dataset;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures samples per CPU second, one round for each input line: {@code turbo} and {@code plain}
 * decode JPEG files in memory, {@code memory} decodes files of any format in memory, and {@code
 * file} also reads the files. {@code heap}, {@code spill} and {@code neither} read an epoch of the
 * data set: with a cache for all of it, with a cache for a fifth and a spill file, or with only the
 * cache for a fifth. Arguments: the root and the name of a data set.
 */
public final class DecodingBenchmark {
  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final List<Path> files;
  private final List<byte[]> inMemory = new ArrayList<>();
  private final ImageDataset heap;
  private final ImageDataset spill;
  private final ImageDataset neither;

  private DecodingBenchmark(Path root, String name) throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve(name))) {
      List<Path> images = all.filter(Files::isRegularFile).sorted().toList();
      files = Stream.iterate(0, i -> i < images.size(), i -> i + 4).map(images::get).toList();
    }
    for (Path file : files) {
      inMemory.add(Files.readAllBytes(file));
    }
    long all = 1L << 30;
    heap = open(root, name, new DecodedCache(all));
    long fifth = heap.description().train() * (heap.pixels(Part.TRAIN, 0).length + 160L) / 5;
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    spill = open(root, name, new DecodedCache(fifth, SpillFile.in(temporary, all)));
    neither = open(root, name, new DecodedCache(fifth));
  }

  private static ImageDataset open(Path root, String name, DecodedCache cache) {
    var limits = new DatasetLimits(0, 64_000_000, 0, 0);
    var spec = new DatasetSpec.Images(name, null, null, null, null, null, null);
    return (ImageDataset) new DatasetCatalog(List.of(root), limits, cache, nanos -> {}).open(spec);
  }

  /** Runs a round for each input line and prints its result. */
  public static void main(String[] arguments) throws IOException {
    var benchmark = new DecodingBenchmark(Path.of(arguments[0]), arguments[1]);
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(benchmark.round(line));
    }
  }

  private long round(String what) throws IOException {
    long start = thread.getCurrentThreadCpuTime();
    long samples =
        switch (what) {
          case "turbo" -> decode(TurboJpeg.load());
          case "plain" -> decode(new PlainJpeg());
          case "memory" -> decode();
          case "file" -> read();
          case "heap" -> epoch(heap);
          case "spill" -> epoch(spill);
          case "neither" -> epoch(neither);
          default -> throw new IllegalArgumentException(what);
        };
    return samples * 1_000_000_000 / (thread.getCurrentThreadCpuTime() - start);
  }

  private long decode(JpegDecoder decoder) throws IOException {
    for (byte[] file : inMemory) {
      ImageHeader header = ImageHeader.read(new ByteArrayInputStream(file)).orElseThrow();
      JpegMarkers.requireWhole(file);
      decoder.decode(file, header);
    }
    return inMemory.size();
  }

  private long decode() throws IOException {
    for (byte[] file : inMemory) {
      ImageHeader header = ImageHeader.read(new ByteArrayInputStream(file)).orElseThrow();
      ImageDecoder.decode(file, header);
    }
    return inMemory.size();
  }

  private long read() throws IOException {
    for (Path file : files) {
      ImageHeader header = ImageHeader.read(file).orElseThrow();
      ImageDecoder.decode(ImageDecoder.read(file, header), header);
    }
    return files.size();
  }

  private static long epoch(ImageDataset dataset) {
    int samples = dataset.description().train();
    for (int sample = 0; sample < samples; sample++) {
      dataset.pixels(Part.TRAIN, sample);
    }
    return samples;
  }
}
