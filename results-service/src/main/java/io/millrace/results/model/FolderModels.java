package io.millrace.results.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A model store in a folder.
 *
 * @param folder need not exist yet
 */
public record FolderModels(Path folder) implements ModelStore {

  @Override
  public OptionalLong bytes(String name) {
    try {
      Path file = file(name);
      return file == null ? OptionalLong.empty() : OptionalLong.of(Files.size(file));
    } catch (NoSuchFileException | InvalidPathException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw new ModelStoreUnavailableException("the folder " + folder, e);
    }
  }

  @Override
  public Body body(String name, long first, long length) {
    try {
      Path file = file(name);
      if (file == null) {
        throw new NoSuchFileException(name);
      }
      return new Body.InFile(file, first, length);
    } catch (IOException e) {
      throw new ModelStoreUnavailableException("the folder " + folder, e);
    }
  }

  /** The file of a name from an event; null if it is outside the folder or not a regular file. */
  private Path file(String name) throws IOException {
    Path root = folder.toRealPath();
    Path file = root.resolve(name).toRealPath();
    return file.startsWith(root) && Files.isRegularFile(file) ? file : null;
  }
}
