package io.millrace.augmentation.dataset;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Image folders for tests. */
public final class TestImages {
  private TestImages() {}

  /**
   * Writes classes {@code one}, {@code two}, … of PNG files whose pixels identify the class and
   * file.
   */
  public static Path folder(Path root, String name, int... sizes) throws IOException {
    String[] names = {"one", "two", "three", "four"};
    for (int c = 0; c < sizes.length; c++) {
      Path folder = Files.createDirectories(root.resolve(name).resolve(names[c]));
      for (int i = 0; i < sizes[c]; i++) {
        write(folder.resolve(String.format("%03d.png", i)), c, i, 10, 12);
      }
    }
    return root.resolve(name);
  }

  /** Writes classes {@code one}, {@code two}, … of JPEG files, no two alike. */
  public static Path photos(Path root, String name, int... sizes) throws IOException {
    String[] names = {"one", "two", "three", "four"};
    var random = new Random(1);
    for (int c = 0; c < sizes.length; c++) {
      Path folder = Files.createDirectories(root.resolve(name).resolve(names[c]));
      for (int i = 0; i < sizes[c]; i++) {
        var image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 30; y++) {
          for (int x = 0; x < 40; x++) {
            image.setRGB(x, y, (random.nextInt(256) << 16) | (6 * x << 8) | 8 * y);
          }
        }
        ImageIO.write(image, "jpg", folder.resolve(String.format("%03d.jpg", i)).toFile());
      }
    }
    return root.resolve(name);
  }

  /**
   * Writes a training part with images of all formats, and a test part with an image of each class.
   */
  public static Path formats(Path root, String name) throws IOException {
    String[] classes = {"one", "two"};
    List<ImageFormatsTest.Expected> images = ImageFormatsTest.expected();
    for (int i = 0; i < images.size(); i++) {
      String file = images.get(i).name();
      copy(file, root.resolve(name).resolve("train").resolve(classes[i % 2]));
    }
    for (String label : classes) {
      copy("turned-3.png", root.resolve(name).resolve("test").resolve(label));
    }
    return root.resolve(name);
  }

  private static void copy(String file, Path folder) throws IOException {
    Files.write(Files.createDirectories(folder).resolve(file), ImageFormatsTest.file(file));
  }

  /** Writes an image with this red and this green; blue is a ramp. */
  public static void write(Path file, int red, int green, int height, int width)
      throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, red << 16 | green << 8 | y * 16 + x);
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
