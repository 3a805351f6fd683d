"""Scores speech that went through a call against what was said: PESQ, wide band (ITU-T P.862.2).

Reads a JSON object from standard input: `pieces`, each with `said` and `heard`, the paths of WAV files of 16 kHz, one
channel, 16 bits. Prints a JSON list with one score for each, 1.0 to 4.6, or null where nothing like speech was heard.
"""

import json
import sys
import wave

import numpy
from pesq import NoUtterancesError, pesq

RATE = 16_000


def samples(path):
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"{path} is not 16 kHz, one channel, 16 bits")
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype=numpy.int16).astype(numpy.float32) / 32768


def score(piece):
    try:
        return round(float(pesq(RATE, samples(piece["said"]), samples(piece["heard"]), "wb")), 3)
    except NoUtterancesError:
        return None


print(json.dumps([score(piece) for piece in json.load(sys.stdin)["pieces"]]))
