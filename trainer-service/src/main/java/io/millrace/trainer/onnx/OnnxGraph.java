package io.millrace.trainer.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.nd4j.shade.protobuf.WireFormat;

/**
 * A graph of operators, built from its input to its output. Values have names, which {@link #node}
 * returns.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/Operators.md">the operators</a>
 */
final class OnnxGraph {
  /** The version of the operator set: the first one with LayerNormalization. */
  static final int OPSET = 17;

  private static final int IR_VERSION = 8;
  private static final String BATCH = "batch";

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final List<Tensor> tensors = new ArrayList<>();

  /** The outermost graph, which holds constants and assigns names. */
  private final OnnxGraph outer;

  private int names;

  /** Creates an outermost graph. */
  OnnxGraph() {
    outer = this;
  }

  private OnnxGraph(OnnxGraph outer) {
    this.outer = outer;
  }

  /** Creates a graph that an operator runs; it sees this graph's values. */
  OnnxGraph body() {
    return new OnnxGraph(outer);
  }

  /** Weights, read when the graph is written. */
  private record Tensor(TensorProto head, Supplier<float[]> values) {
    long bytes() {
      return head.getDimsList().stream().reduce((long) Float.BYTES, (a, b) -> a * b);
    }

    int size() {
      return Math.toIntExact(
          head.getSerializedSize()
              + CodedOutputStream.computeTagSize(TensorProto.RAW_DATA_FIELD_NUMBER)
              + CodedOutputStream.computeUInt64SizeNoTag(bytes())
              + bytes());
    }
  }

  /** Adds an input whose first axis is the batch. */
  String input(String name, List<Integer> shape) {
    graph.addInput(value(name, shape));
    return name;
  }

  /** Makes a value an output of the graph; its first axis is the batch. */
  void output(String value, String name, List<Integer> shape) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").setName(name).addInput(value).addOutput(name));
    graph.addOutput(value(name, shape));
  }

  private static ValueInfoProto value(String name, List<Integer> shape) {
    var sizes = TensorShapeProto.newBuilder();
    sizes.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
    for (int size : shape) {
      sizes.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    var type =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE).setShape(sizes);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** An input or output of a body, whose shape is inferred. */
  private static ValueInfoProto value(String name) {
    var type = TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** Adds an input to a body. */
  String bodyInput() {
    String name = name("in");
    graph.addInput(value(name));
    return name;
  }

  /** Makes a value an output of a body. */
  void bodyOutput(String value) {
    String name = node("Identity", List.of(value));
    graph.addOutput(value(name));
  }

  private String name(String type) {
    return type.toLowerCase(Locale.ROOT) + "_" + outer.names++;
  }

  /** Adds an operator with one output. */
  String node(String type, List<String> inputs, AttributeProto... attributes) {
    return nodes(type, inputs, 1, attributes).get(0);
  }

  /**
   * Adds an operator.
   *
   * @param inputs values; empty for an omitted one
   * @param outputs number of outputs
   * @return their names
   */
  List<String> nodes(String type, List<String> inputs, int outputs, AttributeProto... attributes) {
    String name = name(type);
    var made = new ArrayList<String>();
    for (int i = 0; i < outputs; i++) {
      made.add(i == 0 ? name : name + "_" + i);
    }
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(type)
            .setName(name)
            .addAllInput(inputs)
            .addAllOutput(made)
            .addAllAttribute(Arrays.asList(attributes)));
    return made;
  }

  /** Adds weights, which are read when the graph is written. */
  String weights(String name, List<Integer> shape, Supplier<float[]> values) {
    var head = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    shape.forEach(head::addDims);
    outer.tensors.add(new Tensor(head.build(), values));
    return name;
  }

  /** Adds a constant number. */
  String number(double value) {
    return weights(name("constant"), List.of(), () -> new float[] {(float) value});
  }

  /** Adds a constant vector of numbers. */
  String numbers(float... values) {
    return weights(name("constant"), List.of(values.length), () -> values);
  }

  /** Adds constant sizes or axes. */
  String integers(int... values) {
    String name = name("sizes");
    var tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.length);
    for (int value : values) {
      tensor.addInt64Data(value);
    }
    outer.graph.addInitializer(tensor);
    return name;
  }

  /** The same values with another sample shape. */
  String reshape(String x, int... sample) {
    int[] shape = IntStream.concat(IntStream.of(-1), IntStream.of(sample)).toArray();
    return node("Reshape", List.of(x, integers(shape)));
  }

  static AttributeProto attribute(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto attribute(String name, int value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto attribute(String name, int... values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (int value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  static AttributeProto attribute(String name, float... values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute.build();
  }

  static AttributeProto attribute(String name, List<String> values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.STRINGS);
    values.forEach(value -> attribute.addStrings(ByteString.copyFromUtf8(value)));
    return attribute.build();
  }

  static AttributeProto attribute(String name, OnnxGraph body) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(body.graph.setName("body"))
        .build();
  }

  /**
   * The size in bytes of the model that {@link #write} writes.
   *
   * @throws ArithmeticException above 2 GiB, the limit of a protobuf message
   */
  private int graphSize(GraphProto head) {
    int size = head.getSerializedSize();
    for (Tensor tensor : tensors) {
      int own = tensor.size();
      size =
          Math.addExact(
              size,
              Math.addExact(
                  own,
                  CodedOutputStream.computeTagSize(GraphProto.INITIALIZER_FIELD_NUMBER)
                      + CodedOutputStream.computeUInt32SizeNoTag(own)));
    }
    return size;
  }

  /**
   * Writes the model, weights one after the other, so that the whole model is never in memory.
   *
   * @throws ArithmeticException above 2 GiB, the limit of a protobuf message
   */
  void write(OutputStream to, String name, Map<String, String> metadata) throws IOException {
    GraphProto head = graph.setName(name).build();
    int size = graphSize(head);
    var model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("millrace")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET));
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    CodedOutputStream out = CodedOutputStream.newInstance(to);
    model.build().writeTo(out);
    begin(out, ModelProto.GRAPH_FIELD_NUMBER, size);
    head.writeTo(out);
    for (Tensor tensor : tensors) {
      begin(out, GraphProto.INITIALIZER_FIELD_NUMBER, tensor.size());
      tensor.head().writeTo(out);
      begin(out, TensorProto.RAW_DATA_FIELD_NUMBER, (int) tensor.bytes());
      write(out, tensor.values().get());
    }
    out.flush();
  }

  private static void begin(CodedOutputStream out, int field, int length) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
  }

  private static void write(CodedOutputStream out, float[] values) throws IOException {
    int block = 1 << 14;
    ByteBuffer bytes = ByteBuffer.allocate(block * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i += block) {
      int count = Math.min(block, values.length - i);
      bytes.asFloatBuffer().put(values, i, count);
      out.writeRawBytes(bytes.array(), 0, count * Float.BYTES);
    }
  }
}
