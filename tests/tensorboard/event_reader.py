"""Reads event files with protobuf's own decoder and an independent CRC. Message definitions follow
TensorFlow's event.proto, summary.proto, tensor.proto, graph.proto and TensorBoard's plugins."""
import struct

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

F = descriptor_pb2.FieldDescriptorProto
file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="t", syntax="proto3")


def message(name, *fields):
    definition = file.message_type.add(name=name)
    for number, field, kind, repeated in fields:
        f = definition.field.add(name=field, number=number)
        f.label = F.LABEL_REPEATED if repeated else F.LABEL_OPTIONAL
        if isinstance(kind, str):
            f.type, f.type_name = F.TYPE_MESSAGE, ".t." + kind
        else:
            f.type = kind


D, S, I, B, R = F.TYPE_DOUBLE, F.TYPE_STRING, F.TYPE_INT64, F.TYPE_BYTES, F.TYPE_FLOAT
message("Event", (1, "wall_time", D, 0), (2, "step", I, 0), (3, "file_version", S, 0),
        (4, "graph_def", B, 0), (5, "summary", "Summary", 0),
        (7, "session_log", "SessionLog", 0))
message("SessionLog", (1, "status", I, 0))
message("Summary", (1, "value", "Value", 1))
message("Value", (1, "tag", S, 0), (2, "simple_value", R, 0), (4, "image", "Image", 0),
        (5, "histo", "Histogram", 0), (8, "tensor", "Tensor", 0), (9, "metadata", "Metadata", 0))
message("Image", (1, "height", I, 0), (2, "width", I, 0), (3, "colorspace", I, 0),
        (4, "encoded_image_string", B, 0))
message("Histogram", (1, "min", D, 0), (2, "max", D, 0), (3, "num", D, 0), (4, "sum", D, 0),
        (5, "sum_squares", D, 0), (6, "bucket_limit", D, 1), (7, "bucket", D, 1))
message("Tensor", (1, "dtype", I, 0), (2, "shape", "Shape", 0), (4, "tensor_content", B, 0))
message("Shape", (2, "dim", "Dim", 1))
message("Dim", (1, "size", I, 0))
message("Metadata", (1, "plugin_data", "PluginData", 0), (4, "data_class", I, 0))
message("PluginData", (1, "plugin_name", S, 0), (2, "content", B, 0))
message("PrCurvePluginData", (1, "version", I, 0), (2, "num_thresholds", I, 0))
message("GraphDef", (1, "node", "Node", 1), (4, "versions", "Versions", 0))
message("Versions", (1, "producer", I, 0))
message("Node", (1, "name", S, 0), (2, "op", S, 0), (3, "input", S, 1), (5, "attr", "Attr", 1))
message("Attr", (1, "key", S, 0), (2, "value", "AttrValue", 0))
message("AttrValue", (2, "s", B, 0))
message("HParams", (1, "version", I, 0), (2, "experiment", "Experiment", 0),
        (3, "session_start_info", "SessionStart", 0))
message("Experiment", (4, "hparam_infos", "HParamInfo", 1), (5, "metric_infos", "MetricInfo", 1))
message("HParamInfo", (1, "name", S, 0), (4, "type", I, 0))
message("MetricInfo", (1, "name", "MetricName", 0))
message("MetricName", (1, "group", S, 0), (2, "tag", S, 0))
message("SessionStart", (1, "hparams", "HParam", 1), (5, "start_time_secs", D, 0))
message("HParam", (1, "key", S, 0), (2, "value", "HValue", 0))
message("HValue", (2, "number_value", D, 0), (3, "string_value", S, 0))
pool = descriptor_pool.DescriptorPool()
pool.Add(file)


def parse(name, data):
    kind = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("t." + name))
    parsed = kind()
    parsed.ParseFromString(data)
    return parsed


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def read_events(path):
    """All events of a file; both checksums of each are verified."""
    data = open(path, "rb").read()
    events = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8])
        body = data[12:12 + length]
        assert struct.unpack("<I", data[12 + length:16 + length])[0] == masked(body)
        events.append(parse("Event", body))
        data = data[16 + length:]
    return events
