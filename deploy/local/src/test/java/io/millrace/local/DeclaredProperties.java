package io.millrace.local;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;

/**
 * The properties that a service's code declares: methods of interfaces with {@code @ConfigMapping},
 * with their Javadoc and {@code @WithDefault}, and variables with {@code @ConfigProperty}.
 */
final class DeclaredProperties {
  /**
   * A property.
   *
   * @param type type in the code, without {@code Optional}
   * @param byDefault default; null for none
   * @param description Javadoc; empty for none
   * @param isMapped whether an interface declares it
   */
  record Property(
      String name, String type, String byDefault, String description, boolean isMapped) {}

  private final List<Property> properties = new ArrayList<>();
  private final Map<String, List<String>> enums = new HashMap<>();

  private DeclaredProperties() {}

  /** Reads the sources in some folders. */
  static DeclaredProperties of(List<Path> folders) throws IOException {
    var declared = new DeclaredProperties();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var java = new ArrayList<Path>();
      for (Path folder : folders) {
        try (var paths = Files.walk(folder)) {
          paths.filter(path -> path.toString().endsWith(".java")).forEach(java::add);
        }
      }
      var units = files.getJavaFileObjectsFromPaths(java);
      var task = (JavacTask) compiler.getTask(null, files, null, null, null, units);
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        declared.new Scanner(docs).scan(new TreePath(unit), null);
      }
    }
    return declared;
  }

  /** All declared properties. */
  List<Property> properties() {
    return properties;
  }

  /** The constants of an enum as they are spelled in a configuration; empty for other types. */
  List<String> constants(String type) {
    return enums.getOrDefault(type, List.of());
  }

  private final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;

    private Scanner(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (type.getKind() == Tree.Kind.ENUM) {
        enums.put(
            type.getSimpleName().toString(),
            type.getMembers().stream()
                .filter(member -> member instanceof VariableTree v && isConstant(type, v))
                .map(member -> kebab(((VariableTree) member).getName().toString()))
                .toList());
      }
      annotation(type.getModifiers(), "ConfigMapping")
          .ifPresent(mapping -> mapped(type, argument(mapping, "prefix"), getCurrentPath()));
      return super.visitClass(type, nothing);
    }

    @Override
    public Void visitVariable(VariableTree variable, Void nothing) {
      annotation(variable.getModifiers(), "ConfigProperty")
          .ifPresent(
              property ->
                  properties.add(
                      new Property(
                          argument(property, "name"),
                          plain(variable.getType().toString()),
                          argument(property, "defaultValue"),
                          "",
                          false)));
      return super.visitVariable(variable, nothing);
    }

    private void mapped(ClassTree type, String prefix, TreePath path) {
      for (Tree member : type.getMembers()) {
        if (member instanceof MethodTree method
            && !method.getModifiers().getFlags().contains(Modifier.DEFAULT)) {
          String name = prefix + "." + kebab(method.getName().toString());
          String returned = method.getReturnType().toString();
          Optional<ClassTree> group = group(type, returned.replaceAll("Map<String, (.*)>", "$1"));
          if (group.isPresent()) {
            String below = returned.startsWith("Map") ? name + ".NAME" : name;
            mapped(group.get(), below, new TreePath(path, group.get()));
          } else {
            String byDefault =
                annotation(method.getModifiers(), "WithDefault")
                    .map(annotation -> argument(annotation, "value"))
                    .orElse(null);
            String doc = docs.getDocComment(new TreePath(path, method));
            properties.add(
                new Property(name, plain(returned), byDefault, doc == null ? "" : text(doc), true));
          }
        }
      }
    }

    private Optional<ClassTree> group(ClassTree type, String name) {
      return type.getMembers().stream()
          .filter(member -> member instanceof ClassTree)
          .map(ClassTree.class::cast)
          .filter(member -> member.getSimpleName().contentEquals(name))
          .findFirst();
    }
  }

  private static boolean isConstant(ClassTree type, VariableTree variable) {
    return variable.getType() != null
        && variable.getType().toString().equals(type.getSimpleName().toString());
  }

  private static Optional<? extends AnnotationTree> annotation(ModifiersTree of, String name) {
    return of.getAnnotations().stream()
        .filter(annotation -> annotation.getAnnotationType().toString().equals(name))
        .findFirst();
  }

  private static String argument(AnnotationTree annotation, String name) {
    for (ExpressionTree argument : annotation.getArguments()) {
      if (argument instanceof AssignmentTree a && a.getVariable().toString().equals(name)) {
        return ((LiteralTree) a.getExpression()).getValue().toString();
      } else if (argument instanceof LiteralTree value && name.equals("value")) {
        return value.getValue().toString();
      }
    }
    return null;
  }

  private static String kebab(String name) {
    String hyphenated =
        name.contains("_") || name.equals(name.toUpperCase(Locale.ROOT))
            ? name.replace('_', '-')
            : name.replaceAll("([A-Z])", "-$1");
    return hyphenated.toLowerCase(Locale.ROOT);
  }

  private static String plain(String type) {
    return type.replaceAll("^Optional<(.*)>$", "$1")
        .replace("OptionalInt", "int")
        .replace("OptionalLong", "long");
  }

  private static String text(String doc) {
    return doc.strip().replaceAll("\\s+", " ").replaceAll("\\{@\\w+ ([^}]*)}", "`$1`");
  }
}
